"""Shapes as binary glTF 2.0 (`.glb`): bodies with their designs or times as morph targets of an animation, and drawings that are
shown while theirs are.

Written here because trimesh does not support morph targets. Lengths are in metres, Y is up.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

from ..reader import Results
from .designs import Designs
from .export_format import ExportFormat
from .field_data import FieldData
from .legend_boards import FACES, PLACES, LegendBoard, legend_boards
from .shapes import Surface, point_normals, y_up

FLOAT, UINT = 5126, 5125
ATTRIBUTES, INDICES = 34962, 34963
UNLIT = "KHR_materials_unlit"
MOST_TIMES = 40
"""Largest number of designs or output times in a file."""
MATERIAL = {"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.7}, "doubleSided": True}


class _Buffer:
    """Binary part, and the JSON that describes its layout."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict] = []
        self.accessors: list[dict] = []

    def add(self, array: np.ndarray, kind: str, *, target: int | None = None, bounds: bool = False) -> int:
        """Adds an array of float32 or uint32, (n,) or (n, 3), and returns its accessor."""
        assert array.dtype in (np.float32, np.uint32)  # Both are 4-byte types, so that each array is aligned.
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": array.nbytes}
        self.views.append(view if target is None else {**view, "target": target})
        self.data += array.tobytes()
        component = FLOAT if array.dtype == np.float32 else UINT
        accessor = {"bufferView": len(self.views) - 1, "componentType": component, "count": len(array), "type": kind}
        if bounds:
            columns = array.reshape(len(array), -1)
            accessor |= {"min": columns.min(axis=0).tolist(), "max": columns.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def picture(self, data: bytes) -> int:
        """Adds a file, and returns its view."""
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)})
        self.data += data + bytes(-len(data) % 4)
        return len(self.views) - 1

    def vectors(self, array: np.ndarray, *, bounds: bool = False) -> int:
        """Adds point values, (n, 3), and returns their accessor."""
        return self.add(np.ascontiguousarray(array, np.float32), "VEC3", target=ATTRIBUTES, bounds=bounds)


def write_glb(
    path: Path, designs: Designs, facts: FieldData = FieldData(), legends: tuple[LegendBoard, ...] = ()
) -> None:
    """Writes the shapes as meshes with point colours; the bodies start at the first design and morph to each in turn. Reference
    values are `extras` of the asset."""
    buffer, animation = _Buffer(), _Animation()
    nodes, meshes = [], []
    for states in zip(*designs.bodies, strict=True):
        meshes.append(_mesh(buffer, states, designs))
        nodes.append({"name": meshes[-1]["name"], "mesh": len(meshes) - 1})
        if "weights" in meshes[-1]:
            animation.add(len(nodes) - 1, "weights", *_weights(buffer, designs.seconds), "LINEAR")
    for number, drawings in enumerate(designs.drawings):
        for drawing in drawings:
            meshes.append(_mesh(buffer, (drawing,), designs))
            nodes.append({"name": meshes[-1]["name"], "mesh": len(meshes) - 1})
            if len(designs.seconds) > 1:
                nodes[-1] |= {"name": f"{meshes[-1]['name']} {designs.labels[number]}", "scale": [float(number == 0)] * 3}
                animation.add(len(nodes) - 1, "scale", *_shown_while(buffer, designs.seconds, number), "STEP")
    boards = _boards(buffer, legends, designs.up_axis, len(meshes))
    nodes, meshes = [*nodes, *boards.pop("nodes")], [*meshes, *boards.pop("meshes")]
    tree = {
        "asset": {"version": "2.0", "generator": "sparselbm", "extras": facts.plain(())}, "scene": 0,
        "scenes": [{"nodes": list(range(len(nodes)))}],
        "nodes": nodes, "meshes": meshes, "materials": [MATERIAL, *boards.pop("materials")], **boards,
        "accessors": buffer.accessors, "bufferViews": buffer.views, "buffers": [{"byteLength": len(buffer.data)}],
    }
    if animation.channels:
        tree["animations"] = [{"name": "designs", "channels": animation.channels, "samplers": animation.samplers}]
    _write(path, tree, buffer.data)


def _write(path: Path, tree: dict, data: bytearray) -> None:
    """Writes the chunks of a binary file."""
    text = json.dumps(tree, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    with open(path, "wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(data)))
        file.write(struct.pack("<I4s", len(text), b"JSON") + text)
        file.write(struct.pack("<I4s", len(data), b"BIN\0"))
        file.write(data)


class _Animation:
    """Channels of one animation."""

    def __init__(self) -> None:
        self.channels: list[dict] = []
        self.samplers: list[dict] = []

    def add(self, node: int, path: str, times: int, values: int, interpolation: str) -> None:
        """Adds a channel for a property of a node, from accessors of times and values."""
        self.channels.append({"sampler": len(self.samplers), "target": {"node": node, "path": path}})
        self.samplers.append({"input": times, "output": values, "interpolation": interpolation})


def _mesh(buffer: _Buffer, states: tuple[Surface, ...], designs: Designs) -> dict:
    """Mesh of a shape, with a morph target for each of its states after the first if they differ."""
    base, up_axis = states[0], designs.up_axis
    normals = point_normals(base.points, base.faces)
    attributes = {
        "POSITION": buffer.vectors(y_up(base.points, up_axis), bounds=True),
        "NORMAL": buffer.vectors(y_up(normals, up_axis)),
        "COLOR_0": buffer.vectors(np.clip(base.colours, 0.0, 1.0)),
    }
    corners = np.ascontiguousarray(base.faces, np.uint32).ravel()
    primitive: dict = {"attributes": attributes, "material": 0}
    primitive["indices"] = buffer.add(corners, "SCALAR", target=INDICES)
    mesh = {"name": base.name.strip("/").replace("/", "_"), "primitives": [primitive]}
    moves, tints = (any(not np.array_equal(getattr(each, part), getattr(base, part)) for each in states)
                    for part in ("points", "colours"))
    if not (moves or tints):
        return mesh
    primitive["targets"] = []
    for state in states[1:]:  # Targets are offsets from the base.
        target = {}
        if moves:
            target["POSITION"] = buffer.vectors(y_up(state.points - base.points, up_axis), bounds=True)
            target["NORMAL"] = buffer.vectors(y_up(point_normals(state.points, state.faces) - normals, up_axis))
        if tints:
            target["COLOR_0"] = buffer.vectors(np.clip(state.colours, 0.0, 1.0) - np.clip(base.colours, 0.0, 1.0))
        primitive["targets"].append(target)
    return {**mesh, "weights": [0.0] * (len(states) - 1), "extras": {"targetNames": list(designs.labels[1:])}}


def _boards(buffer: _Buffer, legends: tuple[LegendBoard, ...], up_axis: str, first: int) -> dict:
    """Nodes, meshes, materials and pictures of colour bars, whose colours do not depend on lights; `first`: number of the first
    mesh."""
    found: dict = {"nodes": [], "meshes": [], "materials": []}
    for number, board in enumerate(legends):
        attributes = {
            "POSITION": buffer.vectors(y_up(board.points, up_axis), bounds=True),
            "NORMAL": buffer.vectors(y_up(np.tile(board.normal, (4, 1)), up_axis)),
            # In glTF a picture begins at its upper left corner.
            "TEXCOORD_0": buffer.add((PLACES * (1.0, -1.0) + (0.0, 1.0)).astype(np.float32), "VEC2", target=ATTRIBUTES),
        }
        indices = buffer.add(FACES.astype(np.uint32).ravel(), "SCALAR", target=INDICES)
        name = board.picture.stem
        found["meshes"].append({
            "name": name, "primitives": [{"attributes": attributes, "indices": indices, "material": number + 1}],
        })
        found["nodes"].append({"name": name, "mesh": first + number})
        found["materials"].append({
            "pbrMetallicRoughness": {"baseColorTexture": {"index": number}, "metallicFactor": 0.0},
            "extensions": {UNLIT: {}}, "doubleSided": True,
        })
        found.setdefault("textures", []).append({"source": number, "sampler": 0})
        view = buffer.picture(board.picture.read_bytes())
        found.setdefault("images", []).append({"bufferView": view, "mimeType": "image/png"})
    # Linear filters, and no repetition.
    filters = {"samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}], "extensionsUsed": [UNLIT]}
    return {**found, **filters} if legends else found


def _weights(buffer: _Buffer, seconds: tuple[float, ...]) -> tuple[int, int]:
    """Times and morph weights: at the time of design k the weight of target k - 1 is 1, and the others are 0."""
    weights = np.eye(len(seconds), dtype=np.float32)[:, 1:].ravel()
    times = buffer.add(np.array(seconds, np.float32), "SCALAR", bounds=True)
    return times, buffer.add(np.ascontiguousarray(weights), "SCALAR")


def _shown_while(buffer: _Buffer, seconds: tuple[float, ...], number: int) -> tuple[int, int]:
    """Times and scales of a drawing of one design: 1 while that is the nearest one, and else 0."""
    middles = 0.5 * (np.array(seconds[1:]) + np.array(seconds[:-1]))
    times = np.array([0.0, *middles], np.float32)
    scales = np.repeat((np.arange(len(seconds)) == number).astype(np.float32)[:, None], 3, axis=1)
    return buffer.add(times, "SCALAR", bounds=True), buffer.add(scales, "VEC3")


def _shapes(results: Results, path: Path) -> None:
    designs = Designs.of(results, MOST_TIMES)
    shapes = [each for state in (*designs.bodies, *designs.drawings) for each in state]
    write_glb(path, designs, FieldData.of(results), legend_boards(results, shapes, designs.up_axis))


GLB = ExportFormat((("design.glb", _shapes),))
"""For browsers, Windows, Blender, game engines."""

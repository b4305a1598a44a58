"""Shapes as binary glTF 2.0 (`.glb`), with the designs of a study as morph targets of an animation.

Written here because trimesh does not support morph targets. Lengths are in metres, Y is up.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

from ..reader import Results
from .export_format import ExportFormat
from .shapes import Surface, all_shapes, point_normals, y_up

FLOAT, UINT = 5126, 5125
ATTRIBUTES, INDICES = 34962, 34963
SECONDS_A_DESIGN = 1.0
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

    def vectors(self, array: np.ndarray, *, bounds: bool = False) -> int:
        """Adds point values, (n, 3), and returns their accessor."""
        return self.add(np.ascontiguousarray(array, np.float32), "VEC3", target=ATTRIBUTES, bounds=bounds)


def write_glb(path: Path, shapes: tuple[Surface, ...], up_axis: str, iterations: tuple[float, ...] = ()) -> None:
    """Writes shapes as meshes with point colours; designs start at the first and morph to each in turn."""
    buffer, nodes, meshes, channels, samplers = _Buffer(), [], [], [], []
    for shape in shapes:
        meshes.append(_mesh(buffer, shape, up_axis, iterations))
        nodes.append({"name": meshes[-1]["name"], "mesh": len(meshes) - 1})
        if shape.designs:
            channels.append({"sampler": len(samplers), "target": {"node": len(nodes) - 1, "path": "weights"}})
            samplers.append(_weights(buffer, len(shape.designs)))
    tree = {
        "asset": {"version": "2.0", "generator": "sparselbm"}, "scene": 0, "scenes": [{"nodes": list(range(len(nodes)))}],
        "nodes": nodes, "meshes": meshes, "materials": [MATERIAL], "accessors": buffer.accessors,
        "bufferViews": buffer.views, "buffers": [{"byteLength": len(buffer.data)}],
    }
    if channels:
        tree["animations"] = [{"name": "optimisation", "channels": channels, "samplers": samplers}]
    text = json.dumps(tree, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    with open(path, "wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(buffer.data)))
        file.write(struct.pack("<I4s", len(text), b"JSON") + text)
        file.write(struct.pack("<I4s", len(buffer.data), b"BIN\0"))
        file.write(buffer.data)


def _mesh(buffer: _Buffer, shape: Surface, up_axis: str, iterations: tuple[float, ...]) -> dict:
    base = shape.designs[0] if shape.designs else shape.points
    normals = point_normals(base, shape.faces)
    attributes = {
        "POSITION": buffer.vectors(y_up(base, up_axis), bounds=True),
        "NORMAL": buffer.vectors(y_up(normals, up_axis)),
        "COLOR_0": buffer.vectors(np.clip(shape.colours, 0.0, 1.0)),
    }
    corners = np.ascontiguousarray(shape.faces, np.uint32).ravel()
    primitive: dict = {"attributes": attributes, "material": 0}
    primitive["indices"] = buffer.add(corners, "SCALAR", target=INDICES)
    mesh = {"name": shape.name.strip("/").replace("/", "_"), "primitives": [primitive]}
    if not shape.designs:
        return mesh
    # Targets are offsets from the base.
    primitive["targets"] = [
        {
            "POSITION": buffer.vectors(y_up(points - base, up_axis), bounds=True),
            "NORMAL": buffer.vectors(y_up(point_normals(points, shape.faces) - normals, up_axis)),
        }
        for points in shape.designs[1:]
    ]
    names = [f"iteration {number:g}" for number in iterations[1:]]
    return {**mesh, "weights": [0.0] * len(names), "extras": {"targetNames": names}}


def _weights(buffer: _Buffer, designs: int) -> dict:
    """Sampler of the morph weights: at k seconds the weight of target k - 1 is 1, and the others are 0."""
    times = SECONDS_A_DESIGN * np.arange(designs, dtype=np.float32)
    weights = np.eye(designs, dtype=np.float32)[:, 1:].ravel()
    at, values = buffer.add(times, "SCALAR", bounds=True), buffer.add(np.ascontiguousarray(weights), "SCALAR")
    return {"input": at, "output": values, "interpolation": "LINEAR"}


def _shapes(results: Results, path: Path) -> None:
    up_axis, shapes = all_shapes(results)
    write_glb(path, shapes, up_axis, results.iterations)


GLB = ExportFormat((("design.glb", _shapes),))
"""For browsers, Windows, Blender, game engines."""

"""Visible parts of results as coloured triangles: the bodies, and the meshes and lines drawn next to them."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...scene.usd import Scene, open_stage
from ..reader import Results
from ..stage.root import drawings_of, group_of
from ..stage.shapes import LINES, POINTS, shapes_at
from ..stage.solids import copies, tubes

if TYPE_CHECKING:
    from pxr import Usd

GREY = (0.5, 0.5, 0.5)


@dataclass(frozen=True, eq=False)
class Surface:
    """Surface in world metres."""

    name: str
    """Path of its prim."""
    points: np.ndarray
    """Points [m], (n, 3)."""
    faces: np.ndarray
    """Faces (m, 3), counter-clockwise as seen from outside."""
    colours: np.ndarray
    """Linear RGB at the points, (n, 3)."""
    group: str = ""
    """Group of a drawing, such as Slices; empty for bodies."""

    @property
    def is_drawing(self) -> bool:
        """Whether it was drawn next to the bodies."""
        return self.group != ""


def all_shapes(results: Results) -> tuple[str, tuple[Surface, ...]]:
    """Up axis (Y or Z), and all visible shapes of the best design or of the flow of a run, with moving bodies at the last
    output time."""
    return shapes_of(results, results.shown)


def shapes_of(results: Results, time: float | None) -> tuple[str, tuple[Surface, ...]]:
    """Up axis (Y or Z), and all visible shapes at a time code; None: at the default time."""
    scene = Scene.open(results.stage, time=time)
    stage = open_stage(results.stage)
    return scene.up_axis, (*_bodies(scene, stage, time), *_drawings(stage, time))


def _bodies(scene: Scene, stage: Usd.Stage, time: float | None) -> list[Surface]:
    found = []
    for body in scene.bodies:
        colours = np.empty((len(body.mesh.points), 3))
        for part in body.parts:
            colours[part.points] = _colours(stage, part.path, len(colours[part.points]), time)
        found.append(Surface(body.path, body.mesh.points, body.mesh.faces, colours))
    return found


def _drawings(stage: Usd.Stage, time: float | None) -> list[Surface]:
    """Visible meshes, curves and glyphs among the drawings."""
    found, drawings = [], drawings_of(stage)
    for shape in shapes_at(stage, time):
        group = group_of(shape.path, drawings)
        if not group or shape.corners == POINTS:
            continue
        points, colours, faces = shape.positions.astype(np.float64), shape.colours, shape.indices.reshape(-1, shape.corners)
        if shape.corners == LINES:
            found.append(Surface(shape.path, *tubes(points, _counts(faces), shape.width, colours), group))
        elif shape.copies is None:
            found.append(Surface(shape.path, points, faces, colours, group))
        else:
            matrices = shape.copies.matrices
            there = np.einsum("mij,nj->mni", matrices[:, :3, :3], points) + matrices[:, None, :3, 3]
            tinted = (shape.copies.colours[:, None] * colours).reshape(-1, 3)
            found.append(Surface(shape.path, *copies(there, faces, shape.copies.colours)[:2], tinted, group))
    return found


def _counts(pairs: np.ndarray) -> np.ndarray:
    """Number of points of each polyline, (l,), from consecutive segments (n, 2)."""
    starts = np.flatnonzero(np.concatenate([[True], pairs[1:, 0] != pairs[:-1, 1]]))
    return np.diff(np.append(starts, len(pairs))) + 1


def _colours(stage: Usd.Stage, path: str, count: int, time: float | None) -> np.ndarray:
    """displayColor of a prim at each point, (count, 3); grey if it has none that fits."""
    from pxr import Usd, UsdGeom

    code = Usd.TimeCode.Default() if time is None else Usd.TimeCode(time)
    prim = stage.GetPrimAtPath(path)
    primvar = UsdGeom.Gprim(prim).GetDisplayColorPrimvar() if prim and prim.IsA(UsdGeom.Gprim) else None
    values = primvar.ComputeFlattened(code) if primvar else None
    values = np.array(values if values else [GREY], float).reshape(-1, 3)
    return values if len(values) == count else np.broadcast_to(values[0], (count, 3))


def point_normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals at points (n, 3): area-weighted means over the faces (m, 3) around each."""
    a, b, c = points[faces].swapaxes(0, 1)
    across, result = np.cross(b - a, c - a), np.zeros_like(points)
    for corner in faces.T:
        np.add.at(result, corner, across)
    length = np.linalg.norm(result, axis=1, keepdims=True)
    # A point without a face has no normal; any direction is valid.
    return np.where(length > 0.0, result / np.maximum(length, 1e-300), (0.0, 1.0, 0.0))


def y_up(vectors: np.ndarray, up_axis: str) -> np.ndarray:
    """Converts positions or directions (n, 3) to Y up, as glTF and phones require."""
    return vectors if up_axis == "Y" else vectors[:, [0, 2, 1]] * (1.0, 1.0, -1.0)

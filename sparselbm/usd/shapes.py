"""What a stage shows at one time, as plain arrays: for viewers that know no USD."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.usd.colour import for_screen
from sparselbm.usd.overs import world_matrix
from sparselbm.usd.transforms import apply

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom

GREY = 0.4
"""Of what has no colour of its own."""
TRIANGLES, LINES, POINTS = 3, 2, 1
"""Corners of what a shape is made of."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A prim's triangles, lines or points."""

    path: str
    corners: int
    """Of each element: `TRIANGLES`, `LINES` or `POINTS`."""
    positions: np.ndarray
    """World [m], (n, 3) float32."""
    colours: np.ndarray
    """For the screen (sRGB), (n, 3) uint8."""
    indices: np.ndarray
    """Of the elements' corners, flat uint32."""
    opacity: float = 1.0


def shapes_at(stage: Usd.Stage, time: float | None) -> list[Shape]:
    """Every visible mesh, curve and point prim that holds something at a time; None: at all times.

    What hangs at cameras, and what point instancers draw, is left out.
    """
    from pxr import Usd, UsdGeom

    found = []
    prims = iter(Usd.PrimRange.Stage(stage, Usd.TraverseInstanceProxies()))
    for prim in prims:
        image = UsdGeom.Imageable(prim)
        hidden = image and image.GetVisibilityAttr().Get(_code(time)) == UsdGeom.Tokens.invisible
        if hidden or prim.IsA(UsdGeom.Camera) or prim.IsA(UsdGeom.PointInstancer):
            prims.PruneChildren()
            continue
        based = UsdGeom.PointBased(prim)
        points = based.GetPointsAttr().Get(_code(time)) if based else None
        count = len(points) if points else 0
        elements = _elements(prim, count, time) if count else None
        if elements is not None and len(elements[1]):
            positions = apply(world_matrix(prim, time), np.asarray(points, dtype=np.float64)).astype(np.float32)
            opacity = UsdGeom.Gprim(prim).GetDisplayOpacityAttr().Get(_code(time)) or [1.0]
            colours = _colours(based, count, time)
            found.append(Shape(str(prim.GetPath()), elements[0], positions, colours, elements[1], float(min(opacity))))
    return found


def _code(time: float | None) -> Usd.TimeCode:
    from pxr import Usd

    return Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)


def _elements(prim: Usd.Prim, count: int, time: float | None) -> tuple[int, np.ndarray] | None:
    """Corners of an element, and all their indices among so many points; None for what is drawn otherwise."""
    from pxr import UsdGeom

    if prim.IsA(UsdGeom.Mesh):
        mesh = UsdGeom.Mesh(prim)
        counts = np.asarray(mesh.GetFaceVertexCountsAttr().Get(_code(time)) or (), dtype=np.int64)
        corners = np.asarray(mesh.GetFaceVertexIndicesAttr().Get(_code(time)) or (), dtype=np.uint32)
        return TRIANGLES, corners[fans(counts)]
    if prim.IsA(UsdGeom.BasisCurves):
        counts = np.asarray(UsdGeom.BasisCurves(prim).GetCurveVertexCountsAttr().Get(_code(time)) or (), dtype=np.int64)
        ends = np.cumsum(counts)
        first = np.setdiff1d(np.arange(ends[-1] if len(ends) else 0), ends - 1)
        return LINES, np.stack([first, first + 1], axis=1).astype(np.uint32).ravel()
    if prim.IsA(UsdGeom.Points):
        return POINTS, np.arange(count, dtype=np.uint32)
    return None


def fans(counts: np.ndarray) -> np.ndarray:
    """Places of the corners of triangles that fill polygons of so many corners each, flat."""
    starts = np.cumsum(counts) - counts
    found = []
    for k in range(1, int(counts.max(initial=2)) - 1):
        first = starts[counts > k + 1]
        found.append(np.stack([first, first + k, first + k + 1], axis=1))
    return np.concatenate(found).ravel() if found else np.zeros(0, dtype=np.int64)


def _colours(based: UsdGeom.PointBased, count: int, time: float | None) -> np.ndarray:
    from pxr import UsdGeom

    linear = np.full((count, 3), GREY)
    primvar = UsdGeom.Gprim(based.GetPrim()).GetDisplayColorPrimvar()
    given = primvar.ComputeFlattened(_code(time)) if primvar and primvar.HasValue() else None
    if given is not None and len(given) in (1, count):
        linear[:] = np.asarray(given)
    return for_screen(linear)

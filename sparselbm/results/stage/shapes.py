"""Contents of a stage at one time as plain arrays, for viewers without USD."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.results.stage.colour import magnitude
from sparselbm.results.stage.overs import world_matrix
from sparselbm.scene.usd import gprims
from sparselbm.scene.usd.transforms import apply, column_matrix

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom

GREY = 0.4
"""Default grey level of prims without colour."""
SEGMENTS = 48
"""Segments around spheres, cylinders and cones."""
TRIANGLES, LINES, POINTS = 3, 2, 1
"""Number of corners of the elements of a shape."""


@dataclass(frozen=True, eq=False)
class Copies:
    """Copies of a shape drawn by a point instancer."""

    matrices: np.ndarray
    """Transforms from the shape's positions to world metres, for column vectors, (m, 4, 4)."""
    colours: np.ndarray
    """Linear RGB factors for the shape's own colours, (m, 3)."""


@dataclass(frozen=True, eq=False)
class DrawnPrim:
    """Triangles, lines or points of a prim."""

    path: str
    """Path of the prim; for a copy that of the prototype, appended to the instancer's if it is not below it."""
    corners: int
    """Element type: `TRIANGLES`, `LINES` or `POINTS`."""
    positions: np.ndarray
    """Positions in world space [m], (n, 3) float32; for copies in the prototype's space and units."""
    colours: np.ndarray
    """Linear RGB, (n, 3)."""
    indices: np.ndarray
    """Indices of the elements' corners, flat uint32."""
    opacity: float = 1.0
    width: float = 0.0
    """Width of lines and points [m]."""
    copies: Copies | None = None
    """Copies; None: the shape is drawn once at its positions."""
    fields: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Scalars, and lengths of vectors, by name: one value per point, or per copy where there are copies."""


def shapes_at(stage: Usd.Stage, time: float | None) -> list[DrawnPrim]:
    """Visible mesh, analytic, curve and point prims that are not empty at a time, and the shapes drawn by point instancers.

    None: at all times. Omitted are children of cameras, and within prototypes everything except meshes.
    """
    from pxr import Usd, UsdGeom

    found = []
    prims = iter(Usd.PrimRange.Stage(stage, Usd.TraverseInstanceProxies()))
    for prim in prims:
        if _is_hidden(prim, time) or prim.IsA(UsdGeom.Camera) or _has_proxy(prim):
            prims.PruneChildren()
        elif prim.IsA(UsdGeom.PointInstancer):
            prims.PruneChildren()
            found += _copied(UsdGeom.PointInstancer(prim), time)
        else:
            found += _shape(prim, time, world_matrix(prim, time))
    return found


def _is_hidden(prim: Usd.Prim, time: float | None) -> bool:
    from pxr import UsdGeom

    image = UsdGeom.Imageable(prim)
    return bool(image) and image.GetVisibilityAttr().Get(_code(time)) == UsdGeom.Tokens.invisible


def _has_proxy(prim: Usd.Prim) -> bool:
    """Whether another prim is shown in its place in viewers that do not render."""
    from pxr import UsdGeom

    image = UsdGeom.Imageable(prim)
    return bool(image) and image.GetPurposeAttr().Get() == UsdGeom.Tokens.render and bool(image.ComputeProxyPrim())


def _shape(prim: Usd.Prim, time: float | None, matrix: np.ndarray) -> list[DrawnPrim]:
    """Shape of the prim, transformed by a column matrix; empty for other prim types, or without elements."""
    from pxr import UsdGeom

    found = _geometry(prim, time)
    if found is None or not len(found[2]):
        return []
    points, corners, indices = found
    positions = apply(matrix, points).astype(np.float32)
    opacity = UsdGeom.Gprim(prim).GetDisplayOpacityAttr().Get(_code(time)) or [1.0]
    colours = _given_colours(prim, len(points), time)
    colours = np.full((len(points), 3), GREY) if colours is None else colours
    widths = prim.GetAttribute("widths").Get(_code(time)) or [0.0]
    return [DrawnPrim(
        str(prim.GetPath()), corners, positions, colours, indices, float(min(opacity)),
        float(np.mean(widths)) * abs(float(np.linalg.det(matrix[:3, :3]))) ** (1.0 / 3.0),
        fields=_fields(prim, len(points), time),
    )]


def _copied(instancer: UsdGeom.PointInstancer, time: float | None) -> list[DrawnPrim]:
    """Shapes of an instancer's prototypes, each with its copies."""
    from pxr import Usd, UsdGeom

    prim, code = instancer.GetPrim(), _code(time)
    kinds = np.asarray(instancer.GetProtoIndicesAttr().Get(code) or (), dtype=np.int64)
    # Copies that are not masked, in the instancer's order.
    shown = np.asarray(instancer.ComputeMaskAtTime(code) or np.ones(len(kinds)), dtype=bool)
    transforms = np.asarray(instancer.ComputeInstanceTransformsAtTime(code, code), dtype=np.float64).reshape(-1, 4, 4)
    if not len(transforms):
        return []
    matrices = world_matrix(prim, time) @ transforms.swapaxes(1, 2)  # Like `transforms.column_matrix`, vectorised.
    colours, cache, found = _given_colours(prim, len(kinds), time), UsdGeom.XformCache(code), []
    fields = _fields(prim, len(kinds), time)
    for number, path in enumerate(instancer.GetPrototypesRel().GetForwardedTargets()):
        here, root = kinds[shown] == number, prim.GetStage().GetPrimAtPath(path)
        for part in Usd.PrimRange(root, Usd.TraverseInstanceProxies()) if root and here.any() else ():
            matrix, _ = cache.ComputeRelativeTransform(part, root)
            for shape in [each for each in _shape(part, time, column_matrix(matrix)) if each.corners == TRIANGLES]:
                # Colours of a prototype override the instancer's.
                if colours is None or _given_colours(part, len(shape.positions), time) is not None:
                    by_copy, by_point = np.ones((here.sum(), 3)), shape.colours
                else:
                    by_copy, by_point = colours[shown][here], np.ones_like(shape.colours)
                inner = shape.path.startswith(f"{prim.GetPath()}/")
                path = shape.path if inner else f"{prim.GetPath()}{shape.path}"
                own = {name: values[shown][here] for name, values in fields.items()}
                copies = Copies(matrices[here], by_copy)
                found.append(replace(shape, path=path, colours=by_point, copies=copies, fields=own))
    return found


def _code(time: float | None) -> Usd.TimeCode:
    from pxr import Usd

    return Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)


def _geometry(prim: Usd.Prim, time: float | None) -> tuple[np.ndarray, int, np.ndarray] | None:
    """Points (n, 3), number of corners per element, and all indices; None for prims that are drawn otherwise."""
    from pxr import UsdGeom

    if prim.GetTypeName() in gprims.TYPES:
        points, faces = gprims.tessellate(gprims.Gprim.of(prim, _code(time)), SEGMENTS)
        return points, TRIANGLES, faces.astype(np.uint32).ravel()
    based = UsdGeom.PointBased(prim)
    given = based.GetPointsAttr().Get(_code(time)) if based else None
    elements = _elements(prim, len(given), time) if given else None
    return None if elements is None else (np.asarray(given, dtype=np.float64), *elements)


def _elements(prim: Usd.Prim, count: int, time: float | None) -> tuple[int, np.ndarray] | None:
    """Number of corners per element, and all indices; None for prims that are drawn otherwise."""
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
    """Corner indices of the triangles that fill polygons with these corner counts, flat."""
    starts = np.cumsum(counts) - counts
    found = []
    for k in range(1, int(counts.max(initial=2)) - 1):
        first = starts[counts > k + 1]
        found.append(np.stack([first, first + k, first + k + 1], axis=1))
    return np.concatenate(found).ravel() if found else np.zeros(0, dtype=np.int64)


def _given_colours(prim: Usd.Prim, count: int, time: float | None) -> np.ndarray | None:
    """Linear RGB from displayColor, (count, 3); None if there is none or the number differs."""
    from pxr import UsdGeom

    primvar = UsdGeom.PrimvarsAPI(prim).GetPrimvar("displayColor")
    given = primvar.ComputeFlattened(_code(time)) if primvar and primvar.HasValue() else None
    if given is None or len(given) not in (1, count):
        return None
    return np.broadcast_to(np.asarray(given, dtype=np.float64), (count, 3))


def _fields(prim: Usd.Prim, count: int, time: float | None) -> dict[str, np.ndarray]:
    """Fields of a prim with one value per point, (count,) float32: scalars, and lengths of vectors."""
    from pxr import Sdf, UsdGeom

    found, kinds = {}, (Sdf.ValueTypeNames.FloatArray, Sdf.ValueTypeNames.Float3Array)
    for primvar in UsdGeom.PrimvarsAPI(prim).GetPrimvarsWithAuthoredValues():
        values = primvar.Get(_code(time)) if primvar.GetTypeName() in kinds else None
        if values is not None and len(values) == count and primvar.GetInterpolation() == UsdGeom.Tokens.vertex:
            found[str(primvar.GetPrimvarName())] = magnitude(np.asarray(values, dtype=np.float32))
    return found

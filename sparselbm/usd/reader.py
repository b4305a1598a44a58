"""From a prim to the surface of a body: topology checked, polygons cut, winding turned outward."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.geometry.triangles import TriangleMesh
from sparselbm.usd import gprims
from sparselbm.usd.body import Body, Part
from sparselbm.usd.errors import SceneError
from sparselbm.usd.polygons import triangulate
from sparselbm.usd.report import Note
from sparselbm.usd.transforms import apply, is_mirrored
from sparselbm.usd.traversal import Found

if TYPE_CHECKING:
    from pxr import Usd


def read_body(found: Found, time: Usd.TimeCode, segments: int) -> Body | Note:
    """The body of one prim; for a mesh without faces, or without area, a note that says so.

    Raises:
        SceneError: Positions that are not finite, or a topology that contradicts itself.
    """
    is_gprim = found.prim.GetTypeName() != "Mesh"
    path = str(found.prim.GetPath())
    if is_gprim:
        points, faces = gprims.tessellate(found.prim, time, segments)
    else:
        points, faces = _read_mesh(found.prim, time)
    if not len(faces):
        return Note(path, "the mesh is empty: it has no faces")
    world = apply(found.matrix, points)
    _check_finite(path, world)
    a, b, c = (world[faces[:, corner]] for corner in range(3))
    if not np.any(np.cross(b - a, c - a)):
        return Note(path, "its faces have no area: check its points and the scales above it")
    if is_mirrored(found.matrix):
        faces = faces[:, ::-1]
    part = Part(path, slice(0, len(world)), slice(0, len(faces)), found.matrix, is_gprim, found.instance)
    return Body(found.body, TriangleMesh(world, np.ascontiguousarray(faces)), (part,))


def _read_mesh(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3) in the prim's own space and units, and faces (m, 3) for a right-handed winding."""
    from pxr import UsdGeom

    mesh = UsdGeom.Mesh(prim)
    points = _array(mesh.GetPointsAttr(), time, np.float64).reshape(-1, 3)
    counts = _array(mesh.GetFaceVertexCountsAttr(), time, np.int64)
    indices = _array(mesh.GetFaceVertexIndicesAttr(), time, np.int64)
    holes = _array(mesh.GetHoleIndicesAttr(), time, np.int64)
    _check_finite(str(prim.GetPath()), points)
    _check_topology(str(prim.GetPath()), points, counts, indices, holes)
    faces = triangulate(points, counts, indices, holes)
    return points, faces[:, ::-1] if mesh.GetOrientationAttr().Get(time) == "leftHanded" else faces


def _array(attribute: Usd.Attribute, time: Usd.TimeCode, dtype: type) -> np.ndarray:
    value = attribute.Get(time)
    return np.zeros(0, dtype) if value is None else np.array(value, dtype=dtype)


def _check_finite(path: str, points: np.ndarray) -> None:
    broken = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(broken):
        first = broken[0]
        raise SceneError(f"{path}: point {first} of {len(points)} is {points[first]}; repair the mesh or its transform")


def _check_topology(path: str, points: np.ndarray, counts: np.ndarray, indices: np.ndarray, holes: np.ndarray) -> None:
    if counts.sum() != len(indices) or np.any(counts < 0):
        raise SceneError(
            f"{path}: faceVertexCounts add up to {counts.sum()}, faceVertexIndices are {len(indices)};"
            " export the mesh again"
        )
    ranges = (("faceVertexIndices", indices, len(points)), ("holeIndices", holes, len(counts)))
    for name, values, limit in ranges:
        if len(values) and not (values.min() >= 0 and values.max() < limit):
            raise SceneError(
                f"{path}: {name} run from {values.min()} to {values.max()}, allowed are 0 to {limit - 1};"
                " export the mesh again"
            )


def doubts(found: Found, time: Usd.TimeCode) -> list[Note]:
    """What was read by assumption from one mesh prim."""
    from pxr import UsdGeom

    path = str(found.prim.GetPath())
    if found.prim.GetTypeName() != "Mesh":
        return []
    mesh = UsdGeom.Mesh(found.prim)
    scheme = mesh.GetSubdivisionSchemeAttr()
    reasons = []
    if not scheme.HasAuthoredValue():
        reasons.append("subdivisionScheme is not authored, which means catmullClark; its cage is read")
    elif scheme.Get() in ("catmullClark", "loop"):
        reasons.append(f"subdivisionScheme is {scheme.Get()}; its cage is read, not the smooth limit")
    if mesh.GetFaceVertexIndicesAttr().ValueMightBeTimeVarying():
        reasons.append(f"its topology changes in time; that of time {time} is read")
    if mesh.GetHoleIndicesAttr().Get(time):
        reasons.append("it has holeIndices, which leave the surface open")
    if found.prim.HasRelationship("skel:skeleton") or found.prim.HasAPI("SkelBindingAPI"):
        reasons.append("it is bound to a skeleton; its points are read unposed")
    if np.abs(np.linalg.det(found.matrix[:3, :3])) == 0.0:
        reasons.append("its transform flattens space; its points cannot go back into the prim")
    return [Note(path, reason) for reason in reasons]

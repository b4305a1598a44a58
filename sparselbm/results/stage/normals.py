"""Normals of meshes whose points have moved: on points if the mesh had these, otherwise on faces."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom


def has_normals(mesh: UsdGeom.Mesh) -> bool:
    """Whether normals are authored and used: a subdivided surface has those of its limit."""
    from pxr import UsdGeom

    given = (mesh.GetNormalsAttr(), mesh.GetPrim().GetAttribute("primvars:normals"))
    return mesh.GetSubdivisionSchemeAttr().Get() == UsdGeom.Tokens.none and any(
        each and each.HasAuthoredValue() for each in given
    )


def take_over_normals(mesh: UsdGeom.Mesh) -> None:
    """Replaces normals by those of points or faces, also at the default time: corner normals would be six times as many."""
    from pxr import Usd, UsdGeom

    primvar = mesh.GetPrim().GetAttribute("primvars:normals")
    if primvar and primvar.HasAuthoredValue():
        mesh.SetNormalsInterpolation(UsdGeom.Primvar(primvar).GetInterpolation())
        primvar.Block()
    if not _by_point(mesh):
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.uniform)
    renew_normals(mesh, Usd.TimeCode.Default())


def renew_normals(mesh: UsdGeom.Mesh, code: Usd.TimeCode) -> None:
    """Computes unit normals at a time: of faces, or of points as area-weighted means over the faces around each."""
    from pxr import UsdGeom, Vt

    given = mesh.GetPointsAttr().Get(code)
    counts, corners = (
        np.asarray(each.Get(code) or (), dtype=np.int64)
        for each in (mesh.GetFaceVertexCountsAttr(), mesh.GetFaceVertexIndicesAttr())
    )
    if not given or not len(counts):
        return
    points, face = np.asarray(given, dtype=np.float64), np.repeat(np.arange(len(counts)), counts)
    areas = _areas(points - points.mean(axis=0), counts, corners, face)
    if mesh.GetOrientationAttr().Get() == UsdGeom.Tokens.leftHanded:
        areas = -areas
    if _by_point(mesh):
        around = np.zeros_like(points)
        np.add.at(around, corners, areas[face])
        areas = around
    length = np.linalg.norm(areas, axis=1, keepdims=True)
    # A point without a face, or a face without area, may have any normal of length 1.
    unit = np.where(length > 0.0, areas / np.maximum(length, 1e-300), (0.0, 0.0, 1.0))
    mesh.CreateNormalsAttr().Set(Vt.Vec3fArray.FromNumpy(unit.astype(np.float32)), code)


def _by_point(mesh: UsdGeom.Mesh) -> bool:
    from pxr import UsdGeom

    return mesh.GetNormalsInterpolation() in (UsdGeom.Tokens.vertex, UsdGeom.Tokens.varying)


def _areas(points: np.ndarray, counts: np.ndarray, corners: np.ndarray, face: np.ndarray) -> np.ndarray:
    """Twice the area vector of each polygon, (m, 3): the sum of a x b over its edges, also for concave and non-planar ones."""
    after, ends = np.arange(1, len(corners) + 1), np.cumsum(counts)
    after[ends - 1] = ends - counts
    result = np.zeros((len(counts), 3))
    np.add.at(result, face, np.cross(points[corners], points[corners[after]]))
    return result

"""From a mesh prim to points and triangles in its own space: topology checked, polygons cut, winding right-handed."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd import attributes
from sparselbm.scene.usd.creases import read_cage
from sparselbm.scene.usd.polygons import triangulate
from sparselbm.scene.usd.subdivision import limit_surface, next_corners

if TYPE_CHECKING:
    from pxr import Usd


def read_mesh(prim: Usd.Prim, time: Usd.TimeCode, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3) in the prim's own space and units, and faces (m, 3) for a right-handed winding.

    A Catmull-Clark mesh is read as its cage where `levels` is 0; otherwise refined so often, its points on the limit surface.

    Raises:
        SceneError: Positions that are not finite, wrong types, a topology that contradicts itself, or, where they are read,
            creases that the mesh cannot have.
    """
    path = str(prim.GetPath())
    points = attributes.vectors(prim, "points", time)
    counts, indices, holes = (
        attributes.integers(prim, name, time) for name in ("faceVertexCounts", "faceVertexIndices", "holeIndices")
    )
    left_handed = attributes.token(prim, "orientation", time, ("rightHanded", "leftHanded")) == "leftHanded"
    check_finite(path, points)
    _check_topology(path, points, counts, indices, holes)
    if len(counts) and is_refined(prim, levels):
        _check_smooth(path, counts)
        smooth = limit_surface(read_cage(prim, time, points, counts, indices), levels)
        # Each corner of a face has become 4^(levels - 1) quads, one after the other.
        holes = np.flatnonzero(np.repeat(np.isin(np.arange(len(counts)), holes), counts * 4 ** (levels - 1)))
        points, counts, indices = smooth.points, smooth.counts, smooth.indices
    faces = triangulate(points, counts, indices, holes)
    return points, faces[:, ::-1] if left_handed else faces


def is_refined(prim: Usd.Prim, levels: int) -> bool:
    """Whether `read_mesh` gives other points than the prim's own."""
    return levels > 0 and prim.GetAttribute("subdivisionScheme").Get() == "catmullClark"


def topology_varies(prim: Usd.Prim) -> bool:
    """Whether a mesh has other faces at other times."""
    names = ("faceVertexCounts", "faceVertexIndices", "holeIndices")
    return any(prim.GetAttribute(name).ValueMightBeTimeVarying() for name in names)


def is_open(prim: Usd.Prim, time: Usd.TimeCode) -> bool:
    """Whether a mesh that was read has an edge of a single face."""
    counts, indices = (attributes.integers(prim, name, time) for name in ("faceVertexCounts", "faceVertexIndices"))
    edges = np.sort(np.stack([indices, indices[next_corners(counts)]], axis=1), axis=1)
    return bool(np.any(np.unique(edges, axis=0, return_counts=True)[1] == 1))


def check_finite(path: str, points: np.ndarray) -> None:
    """Raises SceneError for positions that are not numbers."""
    broken = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(broken):
        first = broken[0]
        raise SceneError(f"{path}: point {first} of {len(points)} is {points[first]}; repair the mesh or its transform")


def _check_topology(path: str, points: np.ndarray, counts: np.ndarray, indices: np.ndarray, holes: np.ndarray) -> None:
    if counts.sum() != len(indices) or np.any(counts < 0):
        negative = f", {(counts < 0).sum()} of them below 0" if np.any(counts < 0) else ""
        raise SceneError(
            f"{path}: faceVertexCounts add up to {counts.sum()}{negative}, faceVertexIndices are {len(indices)};"
            " export the mesh again"
        )
    if len(indices) and not len(points):
        raise SceneError(f"{path}: points are empty, faceVertexIndices are {len(indices)}; export the mesh again")
    attributes.check_range(path, "faceVertexIndices", indices, len(points))
    attributes.check_range(path, "holeIndices", holes, len(counts))


def _check_smooth(path: str, counts: np.ndarray) -> None:
    if np.any(counts < 3):
        raise SceneError(
            f"{path}: a face has {counts.min()} corners, of a subdivision surface at least 3; remove it, or read the cage"
        )

"""Points and triangles of a mesh prim: topology is checked, polygons are triangulated, winding is right-handed."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.arrays import check_finite
from sparselbm.scene.usd import attributes
from sparselbm.scene.usd.creases import read_cage
from sparselbm.scene.usd.polygons import triangulate
from sparselbm.scene.usd.subdivision import limit_surface, next_corners

if TYPE_CHECKING:
    from pxr import Usd


def read_mesh(prim: Usd.Prim, time: Usd.TimeCode, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns points (n, 3) in the prim's space and units, and faces (m, 3) for a right-handed winding.

    A Catmull-Clark mesh is read as its cage if `levels` is 0; otherwise it is refined `levels` times, onto the limit surface.

    Raises:
        SceneError: if positions are not finite, types are wrong, the topology is inconsistent, or (if they are read)
            creases are invalid.
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
        # Each corner of a face has become 4^(levels - 1) quads, in sequence.
        holes = np.flatnonzero(np.repeat(np.isin(np.arange(len(counts)), holes), counts * 4 ** (levels - 1)))
        points, counts, indices = smooth.points, smooth.counts, smooth.indices
    faces = triangulate(points, counts, indices, holes, place=path)
    return points, faces[:, ::-1] if left_handed else faces


def expected_points(prim: Usd.Prim, time: Usd.TimeCode, levels: int) -> int:
    """Number of points that `read_mesh` returns, without reading them; a refined mesh has about as many as faces."""
    if not is_refined(prim, levels):
        return len(prim.GetAttribute("points").Get(time) or ())
    return len(prim.GetAttribute("faceVertexIndices").Get(time) or ()) * 4 ** (levels - 1)


def is_refined(prim: Usd.Prim, levels: int) -> bool:
    """Whether `read_mesh` returns points other than the prim's own."""
    return levels > 0 and prim.GetAttribute("subdivisionScheme").Get() == "catmullClark"


def topology_varies(prim: Usd.Prim) -> bool:
    """Whether the faces of a mesh change in time."""
    names = ("faceVertexCounts", "faceVertexIndices", "holeIndices")
    return any(prim.GetAttribute(name).ValueMightBeTimeVarying() for name in names)


def is_open(prim: Usd.Prim, time: Usd.TimeCode) -> bool:
    """Whether a mesh has an edge of a single face."""
    counts, indices = (attributes.integers(prim, name, time) for name in ("faceVertexCounts", "faceVertexIndices"))
    edges = np.sort(np.stack([indices, indices[next_corners(counts)]], axis=1), axis=1)
    return bool(np.any(np.unique(edges, axis=0, return_counts=True)[1] == 1))


def _check_topology(path: str, points: np.ndarray, counts: np.ndarray, indices: np.ndarray, holes: np.ndarray) -> None:
    if counts.sum() != len(indices) or np.any(counts < 0):
        negative = f", {(counts < 0).sum()} of them below 0" if np.any(counts < 0) else ""
        raise SceneError(
            f"{path}: faceVertexCounts sum to {counts.sum()}{negative}, but there are {len(indices)} faceVertexIndices;"
            " export the mesh again"
        )
    if len(indices) and not len(points):
        raise SceneError(
            f"{path}: points is empty, but there are {len(indices)} faceVertexIndices; export the mesh again"
        )
    attributes.check_range(path, "faceVertexIndices", indices, len(points))
    attributes.check_range(path, "holeIndices", holes, len(counts))


def _check_smooth(path: str, counts: np.ndarray) -> None:
    if np.any(counts < 3):
        raise SceneError(
            f"{path}: a face has {counts.min()} corners, but a subdivision surface needs at least 3; remove it, or "
            "read the cage"
        )

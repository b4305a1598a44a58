"""Check of points and faces that come from files, before anything is computed from them."""

from __future__ import annotations

import numpy as np

from ..errors import GeometryError, SceneError
from ..geometry import TriangleMesh

FARTHEST = 1e7
"""Largest plausible coordinate [m]: the Earth's circumference is 4e7."""
MOST_POINTS = 50_000_000
"""Largest number of points of all bodies together: 1.2 GB in fp64."""


def check_points(place: str, points: np.ndarray) -> None:
    """Raises SceneError for positions [m] that are not (n, 3), not finite, or beyond `FARTHEST` from the origin."""
    if points.ndim != 2 or points.shape[1] != 3:
        raise SceneError(f"{place}: the points have the shape {points.shape}, but need three coordinates each; write them again")
    check_finite(place, points)
    if not len(points):
        return
    far = np.abs(points).max(axis=1)
    worst = int(np.argmax(far))
    if far[worst] > FARTHEST:
        raise SceneError(
            f"{place}: point {worst} of {len(points)} is {far[worst]:.3g} m from the origin, above the limit of "
            f"{FARTHEST:.0e} m; check the point, the scales above it and the unit of length"
        )


def check_finite(place: str, points: np.ndarray) -> None:
    """Raises SceneError for positions that are not finite."""
    broken = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(broken):
        first = broken[0]
        raise SceneError(f"{place}: point {first} of {len(points)} is {points[first]}; repair the mesh or its transform")


def check_count(place: str, name: str, count: int) -> None:
    """Raises SceneError for an array of more entries than `MOST_POINTS`, before it is copied."""
    if count > MOST_POINTS:
        raise SceneError(f"{place}: {name} has {count:,} entries, above the limit of {MOST_POINTS:,}; decimate the mesh")


def check_faces(place: str, faces: np.ndarray, count: int) -> None:
    """Raises SceneError for faces that are not triangles (m, 3) of the indices of `count` points."""
    if faces.ndim != 2 or faces.shape[1] != 3 or faces.dtype.kind not in "iu":
        raise SceneError(f"{place}: the faces are {faces.dtype} of shape {faces.shape}, but must be three indices each")
    if len(faces) and not (faces.min() >= 0 and faces.max() < count):
        raise SceneError(
            f"{place}: the faces use points {faces.min()} to {faces.max()}, but 0 to {count - 1} is allowed; export the "
            "mesh again"
        )


def surface_of(place: object, points: np.ndarray, faces: np.ndarray) -> TriangleMesh:
    """The surface of checked points and faces. Raises SceneError where they are none, such as without an area."""
    try:
        return TriangleMesh(points, faces)
    except GeometryError as error:
        raise SceneError(f"{place}: this mesh of the file is not a surface: {error}") from error


def welded(place: str, points: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Checked points and faces of a file, with equal points as one; faces without area by equal corners, and repetitions of a
    face, which would give an edge more than two faces, are left out."""
    check_faces(place, faces, len(points))
    points, inverse = np.unique(np.asarray(points, dtype=np.float64), axis=0, return_inverse=True)
    faces = inverse.reshape(-1)[faces].astype(np.int32).reshape(-1, 3)
    faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
    # The same face again begins at any of its corners; the opposite face is another one.
    start = faces.argmin(axis=1)
    turned = faces[np.arange(len(faces))[:, None], (start[:, None] + np.arange(3)) % 3]
    _, first = np.unique(turned, axis=0, return_index=True)
    return points, np.ascontiguousarray(faces[np.sort(first)])

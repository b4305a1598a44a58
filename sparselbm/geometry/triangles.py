"""Triangle meshes as values: points in metres, faces as indices, and the integrals over them."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import GeometryError
from . import primitives


@dataclass(frozen=True, eq=False)
class TriangleMesh:
    """Surface of triangles, wound counter-clockwise as seen from outside.

    The arrays are copied, made read-only and checked once, here. A mesh with `volume < 0` is inside out;
    see `sparselbm.geometry.repair`.

    Raises:
        GeometryError: if there are no points or faces, a shape is wrong, a point is not finite, a face index is out of
            range, or the surface has no area.
    """

    points: np.ndarray
    """Corners [m], float64, shape (n, 3)."""
    faces: np.ndarray
    """Indices of the three corners of each face, int32, shape (m, 3)."""

    def __post_init__(self):
        points = np.array(self.points, dtype=np.float64)
        faces = np.array(self.faces)
        _check(points, faces)
        faces = faces.astype(np.int32)
        for name, value in (("points", points), ("faces", faces)):
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        if not self.area > 0.0:
            raise GeometryError(
                f"the mesh of {len(faces)} faces has the area {self.area} m^2, but must have one above 0: "
                "remove it, or check the scale of its points"
            )

    @functools.cached_property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the axis-aligned bounding box [m], shape (2, 3)."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])

    @functools.cached_property
    def area_vectors(self) -> np.ndarray:
        """Outward normal of each face times its area, (b - a) x (c - a) / 2 [m^2], shape (m, 3)."""
        a, b, c = self.corners
        return 0.5 * np.cross(b - a, c - a)

    @property
    def point_areas(self) -> np.ndarray:
        """Point areas: a third of the area vectors of the faces around each point, (points, 3)."""
        result, thirds = np.zeros_like(self.points), self.area_vectors / 3.0
        for corner in self.faces.T:
            np.add.at(result, corner, thirds)
        return result

    @property
    def point_normals(self) -> np.ndarray:
        """Unit outward normals at the points, (points, 3): area-weighted means over the faces around each."""
        normals = self.point_areas
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)

    @property
    def corners(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First, second and third corner of every face [m], three arrays of shape (m, 3)."""
        return tuple(self.points[self.faces].swapaxes(0, 1))

    @functools.cached_property
    def area(self) -> float:
        """Total area of the faces [m^2]."""
        return float(np.linalg.norm(self.area_vectors, axis=1).sum())

    @functools.cached_property
    def volume(self) -> float:
        """Enclosed volume [m^3] by the divergence theorem, V = 1/3 sum_f x_f . A_f.

        x is taken relative to the centre of the bounding box to avoid cancellation. The result is exact for a closed mesh;
        for an open one it is the sum over the cones of the faces.
        """
        middles = sum(self.corners) / 3.0 - self.bounds.mean(axis=0)
        return float(np.einsum("fi,fi->", middles, self.area_vectors) / 3.0)

    @functools.cached_property
    def centroid(self) -> np.ndarray:
        """Centroid of the surface, sum_f x_f |A_f| / sum_f |A_f| [m], shape (3,)."""
        weights = np.linalg.norm(self.area_vectors, axis=1)
        return weights @ (sum(self.corners) / 3.0) / weights.sum()

    def with_points(self, points: np.ndarray) -> "TriangleMesh":
        """Returns a mesh with the same faces and other points [m], shape (n, 3); raises `GeometryError` for another shape."""
        if np.shape(points) != self.points.shape:
            raise GeometryError(
                f"the new points have shape {np.shape(points)}, but the mesh needs {self.points.shape}: "
                "keep the number and the order of the points"
            )
        return TriangleMesh(points, self.faces)

    def transformed(self, matrix: np.ndarray) -> "TriangleMesh":
        """Returns the mesh under x -> A x + t, with `matrix` = [[A, t], [0, 1]] acting on columns, shape (4, 4).

        If det A < 0 (a mirror), the winding of all faces is reversed, so that normals still point outward.
        """
        matrix = np.asarray(matrix, dtype=np.float64)
        if matrix.shape != (4, 4) or not np.allclose(matrix[3], [0.0, 0.0, 0.0, 1.0]):
            raise GeometryError(
                f"the transform has shape {matrix.shape} and last row {matrix[-1]}, but must be an affine "
                "4x4 matrix with last row [0, 0, 0, 1]: transpose matrices that act on rows, as USD's do"
            )
        faces = self.faces[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0.0 else self.faces
        return TriangleMesh(self.points @ matrix[:3, :3].T + matrix[:3, 3], faces)

    @staticmethod
    def sphere(radius: float, centre: Sequence[float] = (0.0, 0.0, 0.0), subdivisions: int = 3) -> "TriangleMesh":
        """Icosphere with edges halved `subdivisions` times; all 10 * 4^s + 2 points are at `radius` [m]."""
        return TriangleMesh(*primitives.sphere(radius, centre, subdivisions))

    @staticmethod
    def box(lower: Sequence[float], upper: Sequence[float]) -> "TriangleMesh":
        """Box between two corners [m]: 8 points, 12 faces."""
        return TriangleMesh(*primitives.box(lower, upper))

    @staticmethod
    def cylinder(radius: float, p0: Sequence[float], p1: Sequence[float], segments: int = 48) -> "TriangleMesh":
        """Closed cylinder from p0 to p1 [m]: two rings of `segments` points at `radius`, two cap centres."""
        return TriangleMesh(*primitives.cylinder(radius, p0, p1, segments))


def _check(points: np.ndarray, faces: np.ndarray) -> None:
    """Raises an error for arrays that do not form a triangle mesh."""
    for name, value in (("points", points), ("faces", faces)):
        if value.ndim != 2 or value.shape[1] != 3 or len(value) == 0:
            raise GeometryError(
                f"{name} has shape {value.shape}, but must be (count, 3) with count above 0: pass a mesh of triangles"
            )
    if not np.issubdtype(faces.dtype, np.integer):
        raise GeometryError(f"faces has dtype {faces.dtype}, but must be integers: convert it to int32")
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(bad):
        raise GeometryError(
            f"{len(bad)} points are not finite, the first is point {bad[0]} = {points[bad[0]]}: "
            "repair the mesh where it was made"
        )
    low, high = int(faces.min()), int(faces.max())
    if low < 0 or high >= len(points):
        raise GeometryError(
            f"face indices run from {low} to {high}, but must be in 0 to {len(points) - 1}: "
            "check that the faces belong to these points"
        )

"""Minimum thickness constraint, which also limits the curvature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint
from .smooth_max import shares, smooth_max

# Balls beyond this multiple of the minimum thickness have weights of exp(-rho), which is negligible.
REACH = 2.0


@dataclass(frozen=True, kw_only=True)
class MinimumThickness(Constraint):
    """Minimum thickness D_ij >= thickness, with D_ij the diameter of the ball tangent at p_i that passes through p_j:

        D_ij = |d|^2 / (n_i . d),  d = p_i - p_j,

    over pairs of points whose normals oppose each other. The smallest D_ij of a point is the diameter of the largest inner
    ball that touches the surface there: the thickness of a plate, the diameter of a sphere. One smooth inequality covers
    all pairs (see `smooth_max`). Edges of less than 90 degrees have balls of zero size and are never feasible.

    Source: Ma, Bae & Choi, 3D medial point approximation using nearest neighbors and the normal field, Visual
    Computer 28 (2012) 7, eq. 2.
    """

    thickness: float
    """Smallest diameter [m]; the distance between points must be smaller than this."""
    margin: float = 0.02
    """Largest excess of the smooth maximum over the true one, relative to the thickness."""
    tolerance: float = 1e-3
    """Shortfall up to which a design counts as feasible, relative to the thickness."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one inequality: KS(1 - D_ij / thickness) <= 0."""
        if not (0.0 < self.thickness < np.inf and self.margin > 0.0):
            raise ConstraintError(
                f"MinimumThickness has the thickness {self.thickness} m and the margin {self.margin}: pass both above "
                "0."
            )
        faces, rho = np.asarray(mesh.faces), 2.0 * np.log(max(len(mesh.points), 2)) / self.margin

        def value(x: np.ndarray) -> np.ndarray:
            found = _Balls(deformation.points(x), faces, REACH * self.thickness)
            # Without balls in reach, the shape is at least twice as thick as required.
            return np.array([smooth_max(1.0 - found.diameter / self.thickness, rho) if len(found.i) else 1.0 - REACH])

        def jacobian(x: np.ndarray) -> np.ndarray:
            points = deformation.points(x)
            found = _Balls(points, faces, REACH * self.thickness)
            if not len(found.i):
                return np.zeros((1, deformation.size))
            weights = -shares(1.0 - found.diameter / self.thickness, rho) / self.thickness
            return deformation.pullback(x, found.pullback(weights))[None, :]

        return BoundConstraint("MinimumThickness", np.full(1, -np.inf), np.zeros(1), value, jacobian, self.tolerance)


class _Balls:
    """Pairs of opposed points within reach of each other, and the diameters of their balls."""

    def __init__(self, points: np.ndarray, faces: np.ndarray, reach: float):
        from scipy.spatial import KDTree

        self._points, self._faces = points, faces
        self._sums = _normal_sums(points, faces)
        lengths = np.maximum(np.linalg.norm(self._sums, axis=1), 1e-300)
        normals = self._sums / lengths[:, None]
        pairs = KDTree(points).query_pairs(reach, output_type="ndarray")
        i, j = np.concatenate([pairs, pairs[:, ::-1]]).T
        d = points[i] - points[j]
        kept = (np.einsum("pi,pi->p", normals[i], normals[j]) < 0.0) & (np.einsum("pi,pi->p", normals[i], d) > 0.0)
        self.i, self.j, self._d = i[kept], j[kept], d[kept]
        self._normals, self._lengths = normals, lengths
        self._square = np.einsum("pi,pi->p", self._d, self._d)
        self._height = np.einsum("pi,pi->p", normals[self.i], self._d)
        self.diameter = self._square / self._height
        """Diameters D_ij [m], (pairs,)."""

    def pullback(self, weights: np.ndarray) -> np.ndarray:
        """Gradient of sum weights D with respect to the points, (n, 3), through positions and normals."""
        ratio = (weights * self._square / self._height**2)[:, None]
        by_d = 2.0 * (weights / self._height)[:, None] * self._d - ratio * self._normals[self.i]
        gradient, by_normal = np.zeros_like(self._points), np.zeros_like(self._points)
        np.add.at(gradient, self.i, by_d)
        np.subtract.at(gradient, self.j, by_d)
        np.subtract.at(by_normal, self.i, ratio * self._d)
        along = np.einsum("pi,pi->p", by_normal, self._normals)[:, None]
        by_sum = (by_normal - along * self._normals) / self._lengths[:, None]
        return gradient + _normal_sums_pullback(self._points, self._faces, by_sum)


def _normal_sums(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Normal sums N_i = sum of (b - a) x (c - a) over the faces around a point, (n, 3)."""
    a, b, c = points[faces].swapaxes(0, 1)
    sums = np.zeros_like(points)
    for corner in faces.T:
        np.add.at(sums, corner, np.cross(b - a, c - a))
    return sums


def _normal_sums_pullback(points: np.ndarray, faces: np.ndarray, by_sum: np.ndarray) -> np.ndarray:
    """Gradient with respect to the points from that of the sums: g . (db x (c - a) + (b - a) x dc), da = -(db + dc)."""
    a, b, c = points[faces].swapaxes(0, 1)
    g = by_sum[faces].sum(axis=1)
    by_b, by_c = np.cross(c - a, g), np.cross(g, b - a)
    gradient = np.zeros_like(points)
    for corner, share in zip(faces.T, (-by_b - by_c, by_b, by_c)):
        np.add.at(gradient, corner, share)
    return gradient

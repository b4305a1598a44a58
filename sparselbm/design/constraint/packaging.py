"""Packaging constraints: a space, given as a mesh, that the shape must avoid or stay inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import SurfaceQuery, TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint
from .smooth_max import shares, smooth_max

# A weight below this puts the closest point on an edge or a corner, which have no normal.
ON_EDGE = 1e-5


@dataclass(frozen=True, kw_only=True)
class KeepOut(Constraint):
    """Keep-out space: d(p) >= clearance for every point p of the shape, with d the signed distance to a mesh.

    d is negative inside the mesh. One smooth inequality covers all points (see `smooth_max`), conservative by up to
    `margin`. Only points are checked: corners of the space may still cut into larger faces.
    """

    space: TriangleMesh
    """Space that must stay clear, closed."""
    clearance: float = 0.0
    """Smallest distance [m]."""
    margin: float = 0.002
    """Largest excess of the smooth maximum over the true one, relative to the mesh's diagonal."""
    tolerance: float = 1e-4
    """Violation up to which a design counts as feasible, relative to the mesh's diagonal."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one inequality, in units of the mesh's diagonal."""
        return _bound(self, -1.0, deformation, mesh)


@dataclass(frozen=True, kw_only=True)
class KeepInside(Constraint):
    """Packaging space: d(p) <= -clearance for every point p of the shape; like `KeepOut`, for the allowed space."""

    space: TriangleMesh
    """Space in which the shape must stay, closed."""
    clearance: float = 0.0
    """Smallest distance [m]."""
    margin: float = 0.002
    """Largest excess of the smooth maximum over the true one, relative to the mesh's diagonal."""
    tolerance: float = 1e-4
    """Violation up to which a design counts as feasible, relative to the mesh's diagonal."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one inequality, in units of the mesh's diagonal."""
        return _bound(self, 1.0, deformation, mesh)


def _bound(
    option: KeepOut | KeepInside, sign: float, deformation: BoundDeformation, mesh: TriangleMesh
) -> BoundConstraint:
    """Builds the inequality KS((clearance + sign d) / diagonal) <= 0."""
    name, query = type(option).__name__, SurfaceQuery(option.space, device="cpu")
    if not query.closed:
        raise ConstraintError(f"{name} needs a closed space, but its mesh has open edges: close or repair it.")
    if not (option.margin > 0.0 and option.clearance >= 0.0):
        raise ConstraintError(
            f"{name} has the margin {option.margin} and the clearance {option.clearance} m: pass a margin above 0 and "
            "a clearance of at least 0."
        )
    diagonal = float(np.linalg.norm(np.ptp(mesh.points, axis=0)))
    rho = np.log(max(len(mesh.points), 2)) / option.margin

    def excess(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distance, slope = distances(query, option.space, deformation.points(x))
        return (option.clearance + sign * distance) / diagonal, sign * slope / diagonal

    def value(x: np.ndarray) -> np.ndarray:
        return np.array([smooth_max(excess(x)[0], rho)])

    def jacobian(x: np.ndarray) -> np.ndarray:
        values, slope = excess(x)
        return deformation.pullback(x, shares(values, rho)[:, None] * slope)[None, :]

    return BoundConstraint(name, np.full(1, -np.inf), np.zeros(1), value, jacobian, option.tolerance)


def distances(query: SurfaceQuery, space: TriangleMesh, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed distance [m], (n,), and its gradient with respect to the points, (n, 3), in fp64.

    Above a face d = n . (p - a); beyond an edge or a corner d = +-|p - x_c| with the closest point x_c. The query selects
    the face in fp32; an error e of the closest point along an edge changes d by e^2 / 2d.
    """
    face, weights = query.closest(points)
    outside = np.where(query.signed_distance(points) < 0.0, -1.0, 1.0)
    corners = space.points[space.faces[face]]
    normal = space.area_vectors[face]
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    height = np.einsum("pi,pi->p", normal, points - corners[:, 0])
    away = points - np.einsum("pk,pki->pi", weights, corners)
    length = np.linalg.norm(away, axis=1)
    scale = np.linalg.norm(np.ptp(space.points, axis=0))
    on_face = (weights.min(axis=1) > ON_EDGE) | (length < 1e-6 * scale)
    slope = np.where(on_face[:, None], normal, (outside / np.maximum(length, 1e-300))[:, None] * away)
    return np.where(on_face, height, outside * length), slope

"""Surface area constraints, with exact gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint


def surface_area(points: np.ndarray, faces: np.ndarray) -> float:
    """Surface area A = 1/2 sum over faces of |(b - a) x (c - a)| [m2]."""
    a, b, c = points[faces].swapaxes(0, 1)
    return 0.5 * float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())


def area_gradient(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Gradient dA/dp [m], shape (n, 3): 1/2 n x (c - b) for each corner, half of the opposite edge rotated about n."""
    corners = points[faces].swapaxes(0, 1)
    a, b, c = corners
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    gradient = np.zeros_like(points, dtype=np.float64)
    for k in range(3):
        opposite = corners[(k + 2) % 3] - corners[(k + 1) % 3]
        np.add.at(gradient, faces[:, k], 0.5 * np.cross(normals, opposite))
    return gradient


@dataclass(frozen=True, kw_only=True)
class FixedArea(Constraint):
    """Fixed surface area: A(x) / A_target - 1 = 0."""

    tolerance: float = 0.005
    """Relative difference up to which a design counts as feasible."""
    area: float | None = None
    """Target area [m2]; None: that of the mesh."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one equality."""
        return _bound("FixedArea", deformation, mesh, self.area, np.zeros(1), self.tolerance)


@dataclass(frozen=True, kw_only=True)
class MaximumArea(Constraint):
    """Maximum surface area: A(x) / A_target - 1 <= 0."""

    tolerance: float = 0.005
    """Relative excess up to which a design counts as feasible."""
    area: float | None = None
    """Largest area [m2]; None: that of the mesh."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one inequality."""
        return _bound("MaximumArea", deformation, mesh, self.area, np.full(1, -np.inf), self.tolerance)


def _bound(
    name: str, deformation: BoundDeformation, mesh: TriangleMesh, area: float | None, lower: np.ndarray, tolerance: float
) -> BoundConstraint:
    faces = np.asarray(mesh.faces)
    if area is not None and not 0.0 < area < np.inf:
        raise ConstraintError(f"{name} has the area {area!r} m2: pass a finite area above 0, or None.")
    target = surface_area(np.asarray(mesh.points), faces) if area is None else area

    def value(x: np.ndarray) -> np.ndarray:
        return np.array([surface_area(deformation.points(x), faces) / target - 1.0])

    def jacobian(x: np.ndarray) -> np.ndarray:
        return deformation.pullback(x, area_gradient(deformation.points(x), faces) / target)[None, :]

    return BoundConstraint(name, lower, np.zeros(1), value, jacobian, tolerance)

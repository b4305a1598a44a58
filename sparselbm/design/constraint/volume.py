"""Volume constraints, with exact gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint

# Area vectors of a closed surface sum to zero; the volume of an open one would change under translation.
OPEN_ABOVE = 1e-6


def signed_volume(points: np.ndarray, faces: np.ndarray) -> float:
    """Volume V = 1/6 sum over faces of a . (b x c) [m3], for points (n, 3) [m] and faces (m, 3); positive if outward.

    Source: Zhang & Chen, Efficient feature extraction for 2D/3D objects in mesh representation (2001).
    """
    a, b, c = _corners(points, faces)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def volume_gradient(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Gradient dV/dp [m2], shape (n, 3): a sixth of the cross product of the other two corners."""
    a, b, c = _corners(points, faces)
    gradient = np.zeros_like(points, dtype=np.float64)
    for corner, (one, other) in zip(faces.T, ((b, c), (c, a), (a, b))):
        np.add.at(gradient, corner, np.cross(one, other) / 6.0)
    return gradient


@dataclass(frozen=True, kw_only=True)
class FixedVolume(Constraint):
    """Fixed volume: V(x) / V_target - 1 = 0."""

    tolerance: float = 0.005
    """Relative difference up to which a design counts as feasible."""
    volume: float | None = None
    """Target volume [m3]; None: that of the mesh."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one equality."""
        zero = np.zeros(1)
        return _bound("FixedVolume", deformation, mesh, self.volume, zero, zero, self.tolerance)


@dataclass(frozen=True, kw_only=True)
class MinimumVolume(Constraint):
    """Minimum volume: V(x) / V_target - 1 >= 0."""

    tolerance: float = 0.005
    """Relative shortfall up to which a design counts as feasible."""
    volume: float | None = None
    """Smallest volume [m3]; None: that of the mesh."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one inequality."""
        limits = np.zeros(1), np.full(1, np.inf)
        return _bound("MinimumVolume", deformation, mesh, self.volume, *limits, self.tolerance)


def _bound(
    name: str,
    deformation: BoundDeformation,
    mesh: TriangleMesh,
    volume: float | None,
    lower: np.ndarray,
    upper: np.ndarray,
    tolerance: float,
) -> BoundConstraint:
    faces = np.asarray(mesh.faces)
    now = _closed_volume(name, np.asarray(mesh.points, np.float64), faces)
    if volume is not None and not 0.0 < volume < np.inf:
        raise ConstraintError(f"{name} has the volume {volume!r} m3: pass a finite volume above 0, or None.")
    # An inside-out mesh has a negative volume, whose sign must not change.
    target = now if volume is None else float(np.copysign(volume, now))

    def value(x: np.ndarray) -> np.ndarray:
        return np.array([signed_volume(deformation.points(x), faces) / target - 1.0])

    def jacobian(x: np.ndarray) -> np.ndarray:
        gradient = volume_gradient(deformation.points(x), faces)
        return deformation.pullback(x, gradient / target)[None, :]

    return BoundConstraint(name, lower, upper, value, jacobian, tolerance)


def _closed_volume(name: str, points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = _corners(points, faces)
    area = np.cross(b - a, c - a)
    gap = np.linalg.norm(area.sum(axis=0)) / np.linalg.norm(area, axis=1).sum()
    if not gap <= OPEN_ABOVE:
        raise ConstraintError(
            f"{name} needs a closed mesh, but its area vectors sum to {gap:.1e} of its area (limit "
            f"{OPEN_ABOVE:g}): close the mesh, or constrain it by BoundingBox or bounds instead."
        )
    return signed_volume(points, faces)


def _corners(points: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # The volume of a closed surface does not depend on the origin; near the centre there is less cancellation.
    centred = points - points.mean(axis=0)
    return centred[faces[:, 0]], centred[faces[:, 1]], centred[faces[:, 2]]

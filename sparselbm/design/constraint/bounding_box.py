"""Bounding box constraint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint
from .smooth_max import shares, smooth_max


@dataclass(frozen=True)
class BoundingBox(Constraint):
    """Bounding box lower <= p <= upper for every point p, as at most six smooth constraints.

    One row per point would give a Jacobian of 3n x size. Instead, each side uses the Kreisselmeier-Steinhauser function of
    its coordinate (see `smooth_max`): smooth, one adjoint per side, and conservative by up to `margin`.
    """

    lower: tuple[float, float, float]
    """Lower corner [m]; -inf for an open side."""
    upper: tuple[float, float, float]
    """Upper corner [m]; inf for an open side."""
    margin: float = 0.002
    """Largest excess of the smooth maximum over the true one, relative to the mesh's diagonal."""
    tolerance: float = 1e-4
    """Violation up to which a design counts as feasible, relative to the mesh's diagonal."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns one inequality per finite side, in units of the mesh's diagonal."""
        low, high = np.asarray(self.lower, float), np.asarray(self.upper, float)
        if low.shape != (3,) or high.shape != (3,) or not np.all(low < high):
            raise ConstraintError(f"the box {self.lower} to {self.upper} is empty: pass lower below upper [m].")
        diagonal = float(np.linalg.norm(np.ptp(mesh.points, axis=0)))
        rho = np.log(max(len(mesh.points), 2)) / (self.margin * diagonal)
        sides = [(axis, -1.0, -low[axis]) for axis in range(3) if np.isfinite(low[axis])]
        sides += [(axis, 1.0, high[axis]) for axis in range(3) if np.isfinite(high[axis])]
        if not sides:
            raise ConstraintError(f"the box {self.lower} to {self.upper} has no finite side: remove the constraint.")

        def value(x: np.ndarray) -> np.ndarray:
            points = deformation.points(x)
            return np.array([(smooth_max(s * points[:, a], rho) - top) / diagonal for a, s, top in sides])

        def jacobian(x: np.ndarray) -> np.ndarray:
            points = deformation.points(x)
            return np.stack([deformation.pullback(x, _weights(points, a, s, rho) / diagonal) for a, s, _ in sides])

        limits = np.full(len(sides), -np.inf), np.zeros(len(sides))
        return BoundConstraint("BoundingBox", *limits, value, jacobian, self.tolerance)


def _weights(points: np.ndarray, axis: int, sign: float, rho: float) -> np.ndarray:
    """Gradient of the smooth maximum with respect to the points: soft-max weights in one coordinate, (n, 3)."""
    values = sign * points[:, axis]
    gradient = np.zeros_like(points)
    gradient[:, axis] = sign * shares(values, rho)
    return gradient

"""All points of the shape inside a box."""

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
    """Lower <= p <= upper for every point p, as at most six smooth constraints.

    One row a point would be a Jacobian of 3n x size. Instead each side gets the Kreisselmeier-Steinhauser
    function of its coordinate (see `smooth_max`): smooth, one adjoint a side, on the safe side by up to `margin`.
    """

    lower: tuple[float, float, float]
    """Least corner [m]; -inf where a side is open."""
    upper: tuple[float, float, float]
    """Largest corner [m]; inf where a side is open."""
    margin: float = 0.002
    """Most that the smooth maximum may exceed the true one, as a share of the mesh's diagonal."""
    tolerance: float = 1e-4
    """Excess at which a design still counts as feasible, as a share of the mesh's diagonal."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """One inequality for each closed side, in units of the mesh's diagonal."""
        low, high = np.asarray(self.lower, float), np.asarray(self.upper, float)
        if low.shape != (3,) or high.shape != (3,) or not np.all(low < high):
            raise ConstraintError(f"the box {self.lower} to {self.upper} is empty: pass lower below upper [m].")
        diagonal = float(np.linalg.norm(np.ptp(mesh.points, axis=0)))
        rho = np.log(max(len(mesh.points), 2)) / (self.margin * diagonal)
        sides = [(axis, -1.0, -low[axis]) for axis in range(3) if np.isfinite(low[axis])]
        sides += [(axis, 1.0, high[axis]) for axis in range(3) if np.isfinite(high[axis])]
        if not sides:
            raise ConstraintError(f"the box {self.lower} to {self.upper} has no finite side: leave it out.")

        def value(x: np.ndarray) -> np.ndarray:
            points = deformation.points(x)
            return np.array([(smooth_max(s * points[:, a], rho) - top) / diagonal for a, s, top in sides])

        def jacobian(x: np.ndarray) -> np.ndarray:
            points = deformation.points(x)
            return np.stack([deformation.pullback(x, _weights(points, a, s, rho) / diagonal) for a, s, _ in sides])

        limits = np.full(len(sides), -np.inf), np.zeros(len(sides))
        return BoundConstraint("BoundingBox", *limits, value, jacobian, self.tolerance)


def _weights(points: np.ndarray, axis: int, sign: float, rho: float) -> np.ndarray:
    """Gradient of the smooth maximum to the points: soft-max weights in the one coordinate, (n, 3)."""
    values = sign * points[:, axis]
    gradient = np.zeros_like(points)
    gradient[:, axis] = sign * shares(values, rho)
    return gradient

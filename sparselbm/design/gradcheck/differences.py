"""Finite differences of an objective with known uncertainty."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DirectionalDifference:
    """Central difference (J(x + h d) - J(x - h d)) / 2 h, compared with the gradient g . d."""

    by_differences: float
    by_gradient: float
    noise: float
    """Uncertainty of the difference due to that of the objective."""

    @property
    def ratio(self) -> float:
        """Ratio of gradient to difference."""
        return self.by_gradient / self.by_differences if self.by_differences else float("nan")


def difference(
    value: Callable[[np.ndarray], float], gradient: np.ndarray, x: np.ndarray, direction: np.ndarray, h: float,
    *, uncertainty: float = 0.0,
) -> DirectionalDifference:
    """Computes the slope along a direction in both ways. `uncertainty`: of one value of J."""
    ahead, behind = value(x + h * direction), value(x - h * direction)
    return DirectionalDifference(float(ahead - behind) / (2.0 * h), float(gradient @ direction), float(uncertainty) / h)

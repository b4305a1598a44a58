"""Finite differences of an objective that is known up to some noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Difference:
    """A slope by central differences, (J(x + h d) - J(x - h d)) / 2 h, beside that of the gradient, g . d."""

    by_differences: float
    by_gradient: float
    noise: float
    """What the objective's own uncertainty makes of the difference."""

    @property
    def ratio(self) -> float:
        """Gradient over difference."""
        return self.by_gradient / self.by_differences if self.by_differences else float("nan")


def difference(
    value: Callable[[np.ndarray], float], gradient: np.ndarray, x: np.ndarray, direction: np.ndarray, h: float,
    *, uncertainty: float = 0.0,
) -> Difference:  # fmt: skip
    """The slope along a direction in both ways. `uncertainty`: of one value of J."""
    ahead, behind = value(x + h * direction), value(x - h * direction)
    return Difference(float(ahead - behind) / (2.0 * h), float(gradient @ direction), float(uncertainty) / h)

"""Taylor test: the remainder of the linear model is of second order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Taylor:
    """Remainder |J(x + h d) - J(x) - h g . d| over steps h: of order 2 if g is the gradient, else of order 1."""

    steps: np.ndarray
    """Steps h, (n,)."""
    remainders: np.ndarray
    """(n,)."""
    slope: float
    """Slope g . d."""

    @property
    def order(self) -> float:
        """Order: slope of a line through the logarithms."""
        return float(np.polyfit(np.log(self.steps), np.log(self.remainders), 1)[0])


def taylor(
    value: Callable[[np.ndarray], float],
    value_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x: np.ndarray,
    direction: np.ndarray,
    steps: Sequence[float] | np.ndarray,
) -> Taylor:
    """Computes the remainders along a direction. J must be exact to rounding: a fixed number of steps, not a steady run."""
    at_x, gradient = value_and_grad(x)
    slope = float(gradient @ direction)
    remainders = [abs(value(x + h * direction) - at_x - h * slope) for h in steps]
    return Taylor(np.asarray(steps, dtype=float), np.array(remainders), slope)

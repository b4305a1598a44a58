"""Taylor's test: what the gradient leaves over is of second order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Taylor:
    """The remainder |J(x + h d) - J(x) - h g . d| over steps h: of order 2 where g is the gradient, else of order 1."""

    steps: np.ndarray
    """h, (n,)."""
    remainders: np.ndarray
    """(n,)."""
    slope: float
    """g . d."""

    @property
    def order(self) -> float:
        """Slope of a line through the logarithms."""
        return float(np.polyfit(np.log(self.steps), np.log(self.remainders), 1)[0])


def taylor(
    value: Callable[[np.ndarray], float],
    value_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x: np.ndarray,
    direction: np.ndarray,
    steps: Sequence[float] | np.ndarray,
) -> Taylor:
    """The remainder along a direction. J has to be exact to rounding: a run of given length, not a flow that settles."""
    at_x, gradient = value_and_grad(x)
    slope = float(gradient @ direction)
    remainders = [abs(value(x + h * direction) - at_x - h * slope) for h in steps]
    return Taylor(np.asarray(steps, dtype=float), np.array(remainders), slope)

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

    @property
    def local_orders(self) -> np.ndarray:
        """Orders between neighbouring steps, (n - 1,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.diff(np.log(self.remainders)) / np.diff(np.log(self.steps))


def median_order(found: Sequence[Taylor]) -> tuple[float, float]:
    """Median of the local orders of several tests, and the share of them that is more than 1/2 away from 2.

    An objective of a body's surface has kinks: the slope of a cell's solid fraction jumps, by about 1e-3 of the whole slope,
    where the feature of the surface closest to the cell changes, and where that choice is made to rounding its value jumps too.
    A line through the remainders of one test has an order between 0.7 and 2.9 where a kink lies among its steps, whether the
    gradient is right or not. A kink spoils one or two local orders; a wrong gradient has the order 1 between all of them.
    """
    orders = np.concatenate([one.local_orders for one in found])
    return float(np.median(orders)), float(np.mean(~(np.abs(orders - 2.0) <= 0.5)))


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

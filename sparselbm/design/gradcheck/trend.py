"""The trend test: the gradient beside the slope of the objective over cells, as a line search sees it.

A gradient may pass every finite difference and still be wrong for an optimiser: where a wall jumps from link to link, or
moves unevenly through the cells, the slope at a point is not that of the objective over a cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

LEAST = 5
"""Samples below which a cubic leaves nothing over."""


@dataclass(frozen=True, eq=False)
class Trend:
    """An objective and its adjoint slope at places of a sweep, and the cubic through the objective."""

    places: np.ndarray
    """t along the sweep, (n,)."""
    values: np.ndarray
    """J, (n,)."""
    slopes: np.ndarray
    """d J / d t by the gradient, (n,)."""

    @cached_property
    def cubic(self) -> np.polynomial.Polynomial:
        """Least squares through the values."""
        return np.polynomial.Polynomial.fit(self.places, self.values, 3)

    @property
    def trend(self) -> np.ndarray:
        """Slope of the cubic, (n,)."""
        return self.cubic.deriv()(self.places)

    @property
    def ratio(self) -> np.ndarray:
        """Gradient / trend at the inner places, (n - 2,): at its ends a cubic is loose."""
        return (self.slopes / self.trend)[1:-1]

    @property
    def deviation(self) -> np.ndarray:
        """(gradient - trend) / the steepest trend, at the inner places: of use where the trend passes through 0."""
        return (self.slopes - self.trend)[1:-1] / np.abs(self.trend).max()

    @property
    def distance(self) -> float:
        """Root mean square distance of the values from the cubic; of a logarithm it is relative."""
        return float(np.sqrt(np.mean((self.values - self.cubic(self.places)) ** 2)))

    @property
    def roughness(self) -> float:
        """That distance in mean sizes of the values."""
        return self.distance / float(np.abs(self.values).mean())


def trend(
    value_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x: np.ndarray,
    direction: np.ndarray,
    places: Sequence[float] | np.ndarray,
) -> Trend:
    """Values and slopes at x + t d for each place t, in their order. Raises ValueError for fewer than 5 places."""
    if len(places) < LEAST:
        raise ValueError(f"a trend over {len(places)} places: give at least {LEAST}, a cubic passes through any 4")
    found = [value_and_grad(x + t * direction) for t in places]
    slopes = [float(gradient @ direction) for _, gradient in found]
    return Trend(np.asarray(places, dtype=float), np.array([value for value, _ in found]), np.array(slopes))

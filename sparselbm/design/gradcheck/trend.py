"""Trend test: the gradient compared with the slope of the objective over several cells, as a line search sees it.

A gradient may agree with every finite difference and still mislead an optimiser: if a wall jumps from link to link or
moves unevenly through the cells, the slope at a point differs from that of the objective over a cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MIN_SAMPLES = 5
"""Smallest number of samples: a cubic fits any 4 exactly."""


@dataclass(frozen=True, eq=False)
class Trend:
    """Objective and its adjoint slope at the positions of a sweep, and the cubic fit of the objective."""

    places: np.ndarray
    """Positions t along the sweep, (n,)."""
    values: np.ndarray
    """Values J, (n,)."""
    slopes: np.ndarray
    """Slopes d J / d t from the gradient, (n,)."""

    @cached_property
    def cubic(self) -> np.polynomial.Polynomial:
        """Least-squares cubic through the values."""
        return np.polynomial.Polynomial.fit(self.places, self.values, 3)

    @property
    def trend(self) -> np.ndarray:
        """Slope of the cubic, (n,)."""
        return self.cubic.deriv()(self.places)

    @property
    def ratio(self) -> np.ndarray:
        """Ratio gradient / trend at the inner positions, (n - 2,): a cubic is inaccurate at its ends."""
        return (self.slopes / self.trend)[1:-1]

    @property
    def deviation(self) -> np.ndarray:
        """Deviation (gradient - trend) / steepest trend at the inner positions, which is finite where the trend is 0."""
        return (self.slopes - self.trend)[1:-1] / np.abs(self.trend).max()

    @property
    def distance(self) -> float:
        """Root mean square distance of the values from the cubic; of a logarithm it is relative."""
        return float(np.sqrt(np.mean((self.values - self.cubic(self.places)) ** 2)))

    @property
    def roughness(self) -> float:
        """Distance relative to the mean size of the values."""
        return self.distance / float(np.abs(self.values).mean())


def trend(
    value_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x: np.ndarray,
    direction: np.ndarray,
    places: Sequence[float] | np.ndarray,
) -> Trend:
    """Evaluates values and slopes at x + t d for each t in order. Raises ValueError for fewer than 5 positions."""
    if len(places) < MIN_SAMPLES:
        raise ValueError(
            f"the trend has {len(places)} positions: pass at least {MIN_SAMPLES}, since a cubic passes through any 4"
        )
    found = [value_and_grad(x + t * direction) for t in places]
    slopes = [float(gradient @ direction) for _, gradient in found]
    return Trend(np.asarray(places, dtype=float), np.array([value for value, _ in found]), np.array(slopes))

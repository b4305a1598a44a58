"""Estimated error of gradients that converge in intervals of iterations."""

from collections.abc import Sequence

import numpy as np
import warp as wp
from numpy.linalg import norm

from .convergence_probe import still_to_come

_CANCELLATION = 1e4
"""Ratio of the terms of a number to the number up to which the number's own error is bounded."""
_ROUNDING = {wp.float32: 3e-5, wp.float64: 1e-10}
"""Smallest relative error of the terms that is asked for: below it, changes are rounding."""

Arrays = tuple[np.ndarray, ...]


class GradientError:
    """Error of each number of the gradients, from their changes over successive intervals.

    With c the change of a number over the last interval, its error is the remainder of a geometric series, |c| r / (1 - r). The
    ratio r is that of the changes of the terms, the gathered d J / d eps and the like, which fluctuate less than single numbers.

    A gradient with respect to a translation or a rotation is a sum over the surface, whose terms may nearly cancel: a small
    relative error of the terms says nothing about the sum. The error of the numbers themselves is therefore bounded, relative to
    the largest number of their array and in the norm. A sum that cancels altogether, as by symmetry, has no digits to converge:
    a gradient also counts as converged when its terms are known `_CANCELLATION` times better.
    """

    def __init__(self, tolerance: float, precision: type):
        """`precision`: scalar type of the simulation."""
        self._tolerance = tolerance
        self._of_terms = max(tolerance / _CANCELLATION, min(tolerance, _ROUNDING[precision]))
        self._numbers: Arrays = ()
        self._terms: Arrays = ()
        self._change = np.inf
        self.estimates: Arrays = ()
        """Estimated absolute error of each number, arrays of the shapes of the gradients; infinite after a single interval."""
        self.relative = np.inf
        """Largest error relative to the largest number of its array, and of an array relative to its norm."""
        self.within_tolerance = False
        """Whether the errors are below the tolerance."""

    def add(self, numbers: Arrays, terms: Arrays) -> None:
        """Records the gradients after an interval: those asked for, and the gathered arrays from which they are computed."""
        changes, last = _changes(terms, self._terms), self._change
        self._change = _largest_ratio(changes, terms)
        factor = still_to_come(self._change, last) / self._change if 0.0 < self._change < np.inf else 1.0
        self.estimates = tuple(factor * change for change in _changes(numbers, self._numbers))
        self._numbers, self._terms = numbers, terms
        self.relative = _largest_ratio(self.estimates, numbers)
        self.within_tolerance = self.relative < self._tolerance or factor * self._change < self._of_terms

    @property
    def finite(self) -> bool:
        """Whether all numbers are finite."""
        return all(np.isfinite(part).all() for part in (*self._numbers, *self._terms))


def _changes(now: Arrays, before: Arrays) -> Arrays:
    return tuple(np.abs(a - b) for a, b in zip(now, before or [np.inf] * len(now), strict=True))


def _largest_ratio(errors: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> float:
    """Largest ratio over the arrays of errors and values, in the norm and between the largest numbers."""
    pairs = [(np.ravel(error), np.ravel(value)) for error, value in zip(errors, values, strict=True) if np.size(value)]
    return float(max((norm(e, order) / (norm(v, order) or 1.0) for e, v in pairs for order in (2, np.inf)), default=0.0))

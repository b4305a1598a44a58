"""Scaling of design variables x to optimiser variables z of similar size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import BoundsError


@dataclass(frozen=True, eq=False)
class Scaling:
    """Scaling x_free = shift + width z; variables with equal bounds are excluded from z.

    If both bounds are finite, z runs from 0 to 1; otherwise z = x, since there is no natural width.
    """

    start: np.ndarray
    """Initial x, (size,)."""
    lower: np.ndarray
    """Smallest x, (size,)."""
    upper: np.ndarray
    """Largest x, (size,)."""
    free: np.ndarray
    """Mask of the variables that may change, (size,), bool."""
    shift: np.ndarray
    """(free,)."""
    width: np.ndarray
    """Widths, (free,), above 0."""

    def physical(self, z: np.ndarray) -> np.ndarray:
        """Returns x for z, clipped to the bounds, which SLSQP exceeds by rounding; shape (size,)."""
        x = self.start.copy()
        x[self.free] = self.shift + self.width * np.asarray(z, np.float64)
        return np.clip(x, self.lower, self.upper)

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """Returns z for x, shape (free,)."""
        return (x[self.free] - self.shift) / self.width

    def rows(self, derivative: np.ndarray) -> np.ndarray:
        """Converts d/dx to d/dz, for a gradient (size,) or a Jacobian (k, size)."""
        return derivative[..., self.free] * self.width

    @property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest z, each (free,)."""
        return self.scaled(self.lower), self.scaled(self.upper)


def make_scaling(start: np.ndarray, bounds: tuple[np.ndarray, np.ndarray] | None) -> Scaling:
    """Creates the scaling for a start (size,) and bounds, each a number or (size,).

    Raises:
        BoundsError: if the start is not finite or outside the bounds, or the bounds contradict each other.
    """
    start = np.array(start, np.float64)
    if start.ndim != 1 or start.size == 0 or not np.isfinite(start).all():
        raise BoundsError(
            f"the start has shape {start.shape} and the values {start}: pass finite numbers of shape (size,)."
        )
    low, high = (-np.inf, np.inf) if bounds is None else bounds
    try:
        lower = np.broadcast_to(np.asarray(low, np.float64), start.shape).copy()
        upper = np.broadcast_to(np.asarray(high, np.float64), start.shape).copy()
    except ValueError as error:
        shapes = f"{np.shape(low)} and {np.shape(high)}"
        raise BoundsError(f"the bounds have shapes {shapes}: pass numbers or arrays of shape {start.shape}.") from error
    _check(start, lower, upper)
    free = lower < upper
    finite = np.isfinite(lower) & np.isfinite(upper)
    shift = np.where(finite, lower, 0.0)
    width = np.where(finite, upper - lower, 1.0)
    return Scaling(start, lower, upper, free, shift[free], width[free])


def _check(start: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    crossed = np.flatnonzero(~(lower <= upper))
    if crossed.size:
        i = int(crossed[0])
        raise BoundsError(f"variable {i} has the bounds {lower[i]} to {upper[i]}: pass lower at or below upper.")
    outside = np.flatnonzero((start < lower) | (start > upper))
    if outside.size:
        i = int(outside[0])
        raise BoundsError(
            f"variable {i} starts at {start[i]}, outside its bounds {lower[i]} to {upper[i]}: move the "
            "start inside, or widen the bounds."
        )
    if not (lower < upper).any():
        raise BoundsError(f"all {start.size} variables have lower equal to upper: widen at least one.")

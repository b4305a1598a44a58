"""Recorded values of a run to steady state, and what they say about its regime."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .regime import Measured, Oscillation, PeriodicFlow

_PERIODS = 4
"""Number of periods that have to agree."""
_AGREEMENT = 0.02
"""Largest deviation of one of them from their mean, relative to the period or the amplitude."""
_LEAST_SAMPLES = 8
"""Smallest number of samples per period."""
_HYSTERESIS = 0.25
"""Distance below the mean from which a crossing counts, in root mean squares."""


@dataclass(frozen=True, eq=False)
class History:
    """Values over the steps of a run: samples need not be evenly spaced."""

    names: tuple[str, ...]
    steps: np.ndarray
    """Steps at which they were recorded, (n,), ascending."""
    values: np.ndarray
    """(n, k) float64."""
    scales: np.ndarray
    """Size to which changes of each value are compared, (k,)."""

    def since(self, step: float) -> History:
        """The part from a step on."""
        later = self.steps >= step
        return History(self.names, self.steps[later], self.values[later], self.scales)

    @property
    def half_ranges(self) -> np.ndarray:
        """Half the peak-to-peak value of each, relative to its scale, (k,); NaN where a value is not finite."""
        return 0.5 * np.ptp(self.values, axis=0) / np.maximum(self.scales, 1e-300)

    def changes(self, interval: int) -> np.ndarray:
        """The larger of the drift over an interval and half the range about this drift, relative to the scale of each, (k,).

        The drift is the slope of a straight line fitted to all samples. NaN where a value is not finite.
        """
        t = (self.steps - self.steps.mean()) / interval
        values = self.values - self.values.mean(axis=0)
        drift = (t @ values) / (t @ t)
        found = np.maximum(np.abs(drift), 0.5 * np.ptp(values - np.outer(t, drift), axis=0))
        return found / np.maximum(self.scales, 1e-300)

    @property
    def is_oscillating(self) -> bool:
        """Whether the value that varies most turns round at least twice, by a quarter of its range each time."""
        x = self.values[:, int(np.argmax(self.half_ranges))]
        threshold, turns, rising = 0.25 * np.ptp(x), 0, None
        extreme = x[0]
        for each in x:
            if rising is None:
                rising = bool(each > extreme) if abs(each - extreme) > threshold else None
                extreme = each if rising is not None else extreme
            elif (each > extreme) == rising:
                extreme = each
            elif abs(each - extreme) > threshold:
                rising, extreme, turns = not rising, each, turns + 1
        return turns >= 2

    def periodic(self, tolerance: float) -> PeriodicFlow | None:
        """The periodic flow at the end, or None if the last periods do not agree within 2 %, or means within `tolerance`."""
        if not np.isfinite(self.values).all():
            return None
        return self.since(0.5 * (self.steps[0] + self.steps[-1])).repeated(tolerance, most=_PERIODS)

    def repeated(self, tolerance: float, *, most: int | None = None) -> PeriodicFlow | None:
        """The periodic flow of all whole periods, or of the last `most`; None if fewer than four agree as in `periodic`.

        Periods begin where the value that varies most crosses its mean upwards, interpolated linearly. Each one may contain
        several crossings.
        """
        leading = int(np.argmax(self.half_ranges))
        starts = _upward_crossings(self.steps, self.values[:, leading])
        for crossings in (1, 2, 3):
            chosen = starts[::-1][::crossings]
            found = self._of_periods((chosen if most is None else chosen[: most + 1])[::-1], leading, tolerance)
            if found is not None:
                return found
        return None

    def _of_periods(self, starts: np.ndarray, leading: int, tolerance: float) -> PeriodicFlow | None:
        """The periodic flow of the periods between these steps, if they agree."""
        if len(starts) < _PERIODS + 1:
            return None
        lengths = np.diff(starts)
        if min(np.histogram(self.steps, starts)[0]) < _LEAST_SAMPLES:
            return None
        means, amplitudes = (np.array(each) for each in zip(*[self._period(*ends) for ends in pairwise(starts)]))
        length, mean, amplitude = lengths.mean(), means.mean(axis=0), amplitudes.mean(axis=0)
        pairs = (lengths, length), (means, mean), (amplitudes, amplitude)
        errors = [np.abs(each - middle).max(axis=0) for each, middle in pairs]
        allowed = np.maximum(_AGREEMENT * amplitude, tolerance * self.scales)
        allowed[leading] = _AGREEMENT * amplitude[leading]
        if errors[0] > _AGREEMENT * length or (errors[1] > allowed).any() or (errors[2] > allowed).any():
            return None
        oscillations = tuple(
            Oscillation(name, Measured(float(mean[k]), float(errors[1][k])), Measured(float(amplitude[k]), float(errors[2][k])))
            for k, name in enumerate(self.names)
        )
        frequency = Measured(float(1.0 / length), float(errors[0] / length**2))
        return PeriodicFlow(oscillations, frequency, len(lengths))

    def _period(self, begin: float, end: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean over the time of a period, with interpolated values at its ends, and amplitude, (k,) each."""
        inside = (self.steps > begin) & (self.steps < end)
        at = np.concatenate([[begin], self.steps[inside], [end]])
        values = np.stack([np.interp(at, self.steps, column) for column in self.values.T], axis=1)
        amplitudes = [0.5 * (_maximum(at, column) + _maximum(at, -column)) for column in values.T]
        return np.trapezoid(values, at, axis=0) / (end - begin), np.array(amplitudes)


def _maximum(t: np.ndarray, x: np.ndarray) -> float:
    """Maximum of the parabola through the largest value and its neighbours, or that value at the ends."""
    k = int(np.argmax(x))
    if k in (0, len(x) - 1):
        return float(x[k])
    before, after = (x[k] - x[k - 1]) / (t[k] - t[k - 1]), (x[k + 1] - x[k]) / (t[k + 1] - t[k])
    curvature = (after - before) / (t[k + 1] - t[k - 1])
    slope = before + curvature * (t[k] - t[k - 1])
    return float(x[k] - 0.25 * slope**2 / curvature) if curvature < 0.0 else float(x[k])


def _upward_crossings(steps: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Steps at which x crosses the middle of its range upwards, after it was well below: noise gives no crossings."""
    y = x - 0.5 * (x.max() + x.min())
    low, found = -_HYSTERESIS * y.std(), []
    armed = False
    for k in range(1, len(y)):
        armed = armed or y[k - 1] < low
        if armed and y[k - 1] < 0.0 <= y[k]:
            found.append(steps[k - 1] + (steps[k] - steps[k - 1]) * y[k - 1] / (y[k - 1] - y[k]))
            armed = False
    return np.array(found)

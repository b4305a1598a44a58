"""Tabulated function of time: a schedule, or the value of a condition at every instant."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite

import numpy as np

from ..errors import ScheduleError

_ROUNDING = 1e-9
"""Distance by which an instant may lie before a sample and still count as its, relative to the times."""


@dataclass(frozen=True)
class Waveform:
    """Function of time that is linear between samples, g(t) = g_k + (g_k+1 - g_k) (t - t_k) / (t_k+1 - t_k).

    Two samples at one time are a jump, at which the later value holds. With a period T, g(t + T) = g(t); without one, the
    waveform has no value after its last sample. Times in seconds, or in steps for a schedule of a `Simulation`: see `in_steps`.

    Raises:
        ScheduleError: fewer than two samples, times that fall, three samples at one time, values that are not finite, or a
            period shorter than the time between the first and the last sample.
    """

    times: tuple[float, ...]
    """t_k [s], ascending."""
    values: tuple[float, ...]
    """g_k, in the unit of the quantity."""
    period: float | None = None
    """T [s]; None: the waveform does not repeat."""

    def __post_init__(self):
        if len(self.times) != len(self.values) or len(self.times) < 2:
            raise ScheduleError(
                f"the waveform has {len(self.times)} times and {len(self.values)} values: give two or more of each"
            )
        if not all(map(isfinite, (*self.times, *self.values))):
            raise ScheduleError("the waveform has times or values that are not finite: correct them")
        for k, (a, b) in enumerate(zip(self.times, self.times[1:], strict=False)):
            if b < a or (b == a and k > 0 and self.times[k - 1] == a):
                raise ScheduleError(
                    f"sample {k + 2} of the waveform is at {b:g}, after samples at {a:g}: times must rise, with at most two "
                    "samples at one time, for a jump"
                )
        if not self.duration > 0.0:
            raise ScheduleError("all samples of the waveform are at one time: give samples at two or more times")
        if self.period is not None and not self.duration * (1.0 - _ROUNDING) <= self.period < inf:
            raise ScheduleError(
                f"the period of the waveform is {self.period:g}, but its samples last {self.duration:g}: give a period of at "
                "least that"
            )

    def __call__(self, time: float) -> float:
        """g(t). Raises ScheduleError for a time that the waveform does not reach."""
        t = float(time)
        reach = _ROUNDING * max(abs(t), self.duration)
        if self.period is not None:
            t = self.times[0] + (t - self.times[0] + reach) % self.period - reach
        elif not self.times[0] - reach <= t <= self.times[-1] + reach:
            raise ScheduleError(
                f"the waveform lasts from {self.times[0]:g} to {self.times[-1]:g}, but its value at {t:g} is needed: give a "
                "longer waveform, or a period"
            )
        times, values = self._closed
        k = min(max(bisect_right(times, t + reach), 1), len(times) - 1)
        if times[k] == times[k - 1]:
            return values[k]
        return values[k - 1] + (values[k] - values[k - 1]) * (t - times[k - 1]) / (times[k] - times[k - 1])

    def __str__(self) -> str:
        repeats = "not repeated" if self.period is None else f"repeated every {self.period:.4g} s"
        return f"{len(self.times)} samples over {self.duration:.4g} s, {repeats}"

    @property
    def duration(self) -> float:
        """Time from the first to the last sample [s]."""
        return self.times[-1] - self.times[0]

    @property
    def end(self) -> float:
        """Last time at which there is a value [s]; infinite with a period."""
        return self.times[-1] if self.period is None else inf

    @property
    def peak(self) -> float:
        """Largest absolute value."""
        return max(map(abs, self.values))

    @property
    def mean(self) -> float:
        """Mean over a period, or over the samples without one."""
        times, values = (np.array(each) for each in self._closed)
        return float(np.trapezoid(values, times) / (times[-1] - times[0]))

    def scaled(self, factor: float) -> Waveform:
        """Returns the waveform with all values multiplied by a factor."""
        return replace(self, values=tuple(factor * value for value in self.values))

    def in_steps(self, time_step: float) -> Waveform:
        """Returns the same with times in steps of `time_step` [s]: a schedule, if its values are factors of a parameter."""
        period = None if self.period is None else self.period / time_step
        return Waveform(tuple(time / time_step for time in self.times), self.values, period)

    def harmonics(self, count: int) -> np.ndarray:
        """Complex amplitudes c_n, (count + 1,): g(t) = Re sum_n c_n exp(2 pi i n t / T), with c_0 the mean.

        Exact integrals of the linear pieces. Raises ScheduleError without a period.
        """
        if self.period is None:
            raise ScheduleError("a waveform without a period has no harmonics: give it a period")
        t, g = (np.array(each, dtype=float) for each in self._closed)
        pieces = np.diff(t) > 0.0  # A jump has no length.
        found = np.zeros(count + 1, dtype=complex)
        found[0] = self.mean
        slope = np.diff(g)[pieces] / np.diff(t)[pieces]
        for n in range(1, count + 1):
            w = 2.0 * np.pi * n / self.period
            wave = np.exp(-1j * w * t)
            ends = (1j / w) * (g[1:] * wave[1:] - g[:-1] * wave[:-1])[pieces]
            found[n] = 2.0 / self.period * (ends + slope / w**2 * np.diff(wave)[pieces]).sum()
        return found

    @cached_property
    def _closed(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Times and values, with the first sample again one period later."""
        if self.period is None or self.period <= self.duration:
            return self.times, self.values
        return (*self.times, self.times[0] + self.period), (*self.values, self.values[0])

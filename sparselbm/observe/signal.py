"""What a recorded value does over time: mean, fluctuation, frequency."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_LEAST = 8
"""Samples below which no frequency is looked for."""


@dataclass(frozen=True, eq=False)
class Signal:
    """One recorded value over the steps."""

    steps: np.ndarray
    """When it was recorded, (n,) int64, ascending."""
    values: np.ndarray
    """[lattice units], (n,) float64."""

    def since(self, step: int) -> "Signal":
        """The part from a step on, such as that after the start-up."""
        later = self.steps >= step
        return Signal(self.steps[later], self.values[later])

    @property
    def mean(self) -> float:
        """<x>."""
        return float(self._some.mean())

    @property
    def rms(self) -> float:
        """sqrt <(x - <x>)^2>, of the fluctuation."""
        return float(self._some.std())

    @property
    def peak_to_peak(self) -> float:
        """max x - min x."""
        return float(np.ptp(self._some))

    @property
    def amplitude(self) -> float:
        """Half the peak-to-peak value."""
        return 0.5 * self.peak_to_peak

    def running_mean(self, samples: int | None = None) -> np.ndarray:
        """Mean of each sample and those before it, (n,): of all, or of at most `samples` with the sample itself."""
        if samples is not None and samples < 1:
            raise ValueError(f"a running mean over {samples} samples: give at least 1, or None for all")
        sums = np.cumsum(self.values)
        count = np.arange(1, len(sums) + 1)
        if samples is not None:
            sums[samples:] -= sums[:-samples].copy()
            count = np.minimum(count, samples)
        return sums / count

    @property
    def _some(self) -> np.ndarray:
        if not len(self.values):
            raise ValueError("the signal holds no sample: record some, or look from an earlier step")
        return self.values

    @cached_property
    def spectrum(self) -> "Spectrum":
        """Amplitudes over frequency, of the fluctuation under a Hann window."""
        from scipy.signal import periodogram

        values, interval = self._evenly_spaced
        length = 1 << (8 * len(values) - 1).bit_length()  # Padded with zeros: a peak then spans several frequencies.
        frequencies, squares = periodogram(values, 1.0 / interval, "hann", length, scaling="spectrum")
        return Spectrum(frequencies, np.sqrt(2.0 * squares), 1.0 / (interval * len(values)))

    @property
    def frequency(self) -> float:
        """f of the strongest peak of the spectrum [1 / step]: give it four periods or more for 0.5 %."""
        return self.spectrum.peak

    @property
    def frequency_by_crossings(self) -> float:
        """f from the first and the last upward crossing of the mean, by lines between samples [1 / step]: for clean signals."""
        values, interval = self._evenly_spaced
        x = values - values.mean()
        at = np.flatnonzero((x[:-1] < 0.0) & (x[1:] >= 0.0))
        if len(at) < 2:
            raise ValueError(f"the signal crosses its mean upwards {len(at)} times: record at least two periods")
        times = at + x[at] / (x[at] - x[at + 1])
        return float((len(at) - 1) / ((times[-1] - times[0]) * interval))

    def strouhal(self, *, length: float, speed: float) -> float:
        """St = f L / u, with f the frequency of the strongest peak, L [cells] and u [cells / step]."""
        return self.frequency * length / speed

    @cached_property
    def _evenly_spaced(self) -> tuple[np.ndarray, float]:
        """The values at even intervals, and the interval [steps]; instants rounded to whole steps are evened out."""
        if len(self.steps) < _LEAST:
            raise ValueError(f"{len(self.steps)} samples: a frequency needs at least {_LEAST}, and some periods")
        if not np.isfinite(self.values).all():
            raise ValueError("the signal is not finite everywhere: look from a later step with since()")
        gaps = np.diff(self.steps)
        if gaps.max() > gaps.min() + 1:
            raise ValueError(f"samples lie {gaps.min()} to {gaps.max()} steps apart: a frequency needs even intervals")
        even = np.linspace(self.steps[0], self.steps[-1], len(self.steps))
        return np.interp(even, self.steps, self.values), float(even[1] - even[0])


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Amplitudes of sines, one for each frequency."""

    frequencies: np.ndarray
    """[1 / step], (m,), from 0."""
    amplitudes: np.ndarray
    """Of the sine at each frequency, in the unit of the signal, (m,)."""
    lowest: float
    """One period over the whole signal [1 / step]: below it nothing can be told."""

    @property
    def peak(self) -> float:
        """Frequency of the largest amplitude [1 / step], by the parabola through the logarithms of it and its neighbours.

        A Hann window's main lobe is nearly a Gaussian, whose logarithm is a parabola.
        """
        amplitudes = np.where(self.frequencies < self.lowest, 0.0, self.amplitudes)
        k = int(np.clip(np.argmax(amplitudes), 1, len(amplitudes) - 2))
        if not amplitudes[k] > 0.0:
            raise ValueError("the signal is constant: it has no frequency")
        before, here, after = np.log(np.maximum(self.amplitudes[k - 1 : k + 2], 1e-300))
        curvature = before - 2.0 * here + after
        shift = 0.5 * (before - after) / curvature if curvature < 0.0 else 0.0
        return float((k + np.clip(shift, -0.5, 0.5)) * self.frequencies[1])

"""Statistics of a recorded value: mean, fluctuation, frequency."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_MIN_SAMPLES = 8
"""Smallest number of samples for which a frequency is computed."""


@dataclass(frozen=True, eq=False)
class Signal:
    """One recorded value as a function of the step."""

    steps: np.ndarray
    """Steps at which it was recorded, (n,) int64, ascending."""
    values: np.ndarray
    """Values in the unit of the record, (n,) float64."""

    def since(self, step: int) -> "Signal":
        """The part from a step on, for example after the start-up."""
        later = self.steps >= step
        return Signal(self.steps[later], self.values[later])

    @property
    def mean(self) -> float:
        """Mean <x>."""
        return float(self._some.mean())

    @property
    def rms(self) -> float:
        """Root mean square of the fluctuation, sqrt <(x - <x>)^2>."""
        return float(self._some.std())

    @property
    def lowest(self) -> float:
        """Smallest value."""
        return float(self._some.min())

    @property
    def highest(self) -> float:
        """Largest value."""
        return float(self._some.max())

    @property
    def integral_time(self) -> float:
        """Integral time scale [steps]: integral of the autocorrelation of the fluctuation to its first zero; 0 if constant."""
        values, interval = self._evenly_spaced
        x = values - values.mean()
        if not x.any():
            return 0.0
        power = np.abs(np.fft.rfft(x, 2 * len(x))) ** 2
        correlation = np.fft.irfft(power)[: len(x)] / np.arange(len(x), 0, -1)
        share = correlation / correlation[0]
        negative = np.flatnonzero(share <= 0.0)
        return float((share[: negative[0] if len(negative) else len(x)].sum() - 0.5) * interval)

    @property
    def error_of_mean(self) -> float:
        """Standard error of the mean of a fluctuating value, rms sqrt(2 T / t): T is the integral time scale, t the duration.

        Lumley & Panofsky 1964, The Structure of Atmospheric Turbulence, section 1.15. A periodic value has a smaller error over
        whole periods.
        """
        return self.rms * float(np.sqrt(2.0 * self.integral_time / (self.steps[-1] - self.steps[0])))

    @property
    def peak_to_peak(self) -> float:
        """Peak-to-peak value max x - min x."""
        return float(np.ptp(self._some))

    @property
    def amplitude(self) -> float:
        """Half the peak-to-peak value."""
        return 0.5 * self.peak_to_peak

    def running_mean(self, samples: int | None = None) -> np.ndarray:
        """Mean of each sample and those before it, (n,): over all, or over the last `samples` including the sample itself."""
        if samples is not None and samples < 1:
            raise ValueError(f"a running mean over {samples} samples: pass at least 1, or None for all")
        sums = np.cumsum(self.values)
        count = np.arange(1, len(sums) + 1)
        if samples is not None:
            sums[samples:] -= sums[:-samples].copy()
            count = np.minimum(count, samples)
        return sums / count

    @property
    def _some(self) -> np.ndarray:
        if not len(self.values):
            raise ValueError("the signal has no sample: record some, or call since() with an earlier step")
        return self.values

    @cached_property
    def spectrum(self) -> "Spectrum":
        """Amplitude spectrum of the fluctuation with a Hann window."""
        from scipy.signal import periodogram

        values, interval = self._evenly_spaced
        length = 1 << (8 * len(values) - 1).bit_length()  # Padded with zeros, so that a peak spans several frequencies.
        frequencies, squares = periodogram(values, 1.0 / interval, "hann", length, scaling="spectrum")
        return Spectrum(frequencies, np.sqrt(2.0 * squares), 1.0 / (interval * len(values)))

    @property
    def frequency(self) -> float:
        """Frequency of the strongest peak of the spectrum [1 / step], accurate to 0.5 % with at least four periods."""
        return self.spectrum.peak

    @property
    def frequency_by_crossings(self) -> float:
        """Frequency from the first and the last upward crossing of the mean, interpolated linearly [1 / step], for signals
        without noise."""
        values, interval = self._evenly_spaced
        x = values - values.mean()
        at = np.flatnonzero((x[:-1] < 0.0) & (x[1:] >= 0.0))
        if len(at) < 2:
            raise ValueError(f"the signal crosses its mean upwards {len(at)} times, but must at least twice: record two periods")
        times = at + x[at] / (x[at] - x[at + 1])
        return float((len(at) - 1) / ((times[-1] - times[0]) * interval))

    def strouhal(self, *, length: float, speed: float) -> float:
        """Strouhal number St = f L / u, with f the frequency of the strongest peak, L [cells] and u [cells / step]."""
        return self.frequency * length / speed

    @cached_property
    def _evenly_spaced(self) -> tuple[np.ndarray, float]:
        """Values at equal intervals, and the interval [steps]; rounding of the instants to whole steps is removed."""
        if len(self.steps) < _MIN_SAMPLES:
            raise ValueError(f"{len(self.steps)} samples: a frequency needs at least {_MIN_SAMPLES}, and several periods")
        if not np.isfinite(self.values).all():
            raise ValueError("the signal is not finite everywhere: call since() with a later step")
        gaps = np.diff(self.steps)
        if gaps.max() > gaps.min() + 1:
            raise ValueError(f"samples are {gaps.min()} to {gaps.max()} steps apart: a frequency needs equal intervals")
        even = np.linspace(self.steps[0], self.steps[-1], len(self.steps))
        return np.interp(even, self.steps, self.values), float(even[1] - even[0])


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Amplitude spectrum."""

    frequencies: np.ndarray
    """Frequencies [1 / step], (m,), from 0."""
    amplitudes: np.ndarray
    """Amplitude of the sine at each frequency, in the unit of the signal, (m,)."""
    lowest: float
    """Lowest resolved frequency, one period over the whole signal [1 / step]."""

    @property
    def peak(self) -> float:
        """Frequency of the largest amplitude [1 / step], from a parabola through the logarithms of it and its neighbours.

        The main lobe of a Hann window is nearly a Gaussian, whose logarithm is a parabola.
        """
        amplitudes = np.where(self.frequencies < self.lowest, 0.0, self.amplitudes)
        k = int(np.clip(np.argmax(amplitudes), 1, len(amplitudes) - 2))
        if not amplitudes[k] > 0.0:
            raise ValueError("the signal is constant: it has no frequency")
        before, here, after = np.log(np.maximum(self.amplitudes[k - 1 : k + 2], 1e-300))
        curvature = before - 2.0 * here + after
        shift = 0.5 * (before - after) / curvature if curvature < 0.0 else 0.0
        return float((k + np.clip(shift, -0.5, 0.5)) * self.frequencies[1])

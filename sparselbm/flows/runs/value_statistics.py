"""Statistics of recorded values over a window of time."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

import numpy as np

from ...observe.monitor import Series
from .history import History
from .recorded_values import TIME
from .regime import Measured, PeriodicFlow

_AGREEMENT = 5e-3
"""Largest deviation of the mean of a single period, relative to the largest value with the same unit."""
_FLUCTUATES_ABOVE = 1e-3
"""Half the range of a value, relative to the largest value with the same unit, above which it has a frequency."""
_LEAST_PERIODS = 3.0
"""Number of periods in the window below which a value has no frequency."""
_SAMPLES_PER_PERIOD = 4.0
"""Number of samples per period below which a value has no frequency: such a peak of the spectrum may be noise, or stand for a
higher frequency than the samples show."""
_LEAST_COEFFICIENT = 1e-3
"""Size of coefficients to which their fluctuations are compared at least: smaller ones are mostly rounding errors, which would
fluctuate as much as they are large."""
_LEAST_SAMPLES = 16
"""Number of samples below which there are no statistics."""


@dataclass(frozen=True)
class ValueStatistics:
    """Statistics of one recorded value."""

    name: str
    """Name of the column, with its unit."""
    mean: Measured
    """Mean and its sampling error: the largest deviation of the mean of a single period if the flow is periodic, else
    the standard error from the integral time scale (`Signal.error_of_mean`)."""
    rms: float
    """Root mean square of the fluctuation."""
    lowest: float
    highest: float


@dataclass(frozen=True)
class WindowStatistics:
    """Statistics of all recorded values of a flow over a window, and its dominant frequency."""

    begin: float
    """First sample of the window [s]."""
    end: float
    """Last sample of the window [s]."""
    values: tuple[ValueStatistics, ...]
    leading: str
    """Name of the value that fluctuates most, relative to the largest value with the same unit."""
    frequency: Measured | None
    """Frequency of this value [1/s]; its error is the largest deviation of a single period of a periodic flow, else half the
    resolution of the spectrum. None: no value fluctuates, the window is shorter than three periods, or a period has fewer than
    four samples."""
    periods: int
    """Number of whole periods that agree within 2 %; 0: the flow is not periodic."""

    @classmethod
    def of(cls, series: Series, time_step: float) -> WindowStatistics | None:
        """Statistics of a series whose first column is the time; None for fewer than 16 samples, or if one is not finite."""
        if len(series) < _LEAST_SAMPLES or len(series.columns) < 2 or not np.isfinite(series.values).all():
            return None
        columns = series.columns[1:]
        values = series.values[:, 1:]
        history = History(columns, series.steps, values, _scales(columns, values))
        leading = int(np.argmax(history.half_ranges))
        fluctuates = history.half_ranges[leading] > _FLUCTUATES_ABOVE
        periodic = history.repeated(_AGREEMENT) if fluctuates else None
        frequency = _frequency(series, columns[leading], periodic) if fluctuates else None
        times = series.values[:, series.columns.index(TIME)]
        return cls(
            begin=float(times[0]), end=float(times[-1]), leading=columns[leading],
            values=tuple(_statistics(series, k, name, periodic) for k, name in enumerate(columns)),
            frequency=frequency and frequency.scaled(1.0 / time_step), periods=0 if periodic is None else periodic.periods,
        )

    def __getitem__(self, name: str) -> ValueStatistics:
        """Statistics of a value by the name of its column, with or without the unit. Raises KeyError."""
        for each in self.values:
            if name in (each.name, _UNIT.sub("", each.name)):
                return each
        raise KeyError(f"no value {name!r}: recorded are {', '.join(each.name for each in self.values)}")

    def to_json(self) -> dict:
        """Statistics as plain values."""
        return {
            "from": self.begin, "to": self.end, "periods": self.periods, "leading": self.leading,
            "frequency": self.frequency and asdict(self.frequency),
            "values": {
                each.name: {
                    "mean": each.mean.value, "mean_error": each.mean.error, "rms": each.rms, "min": each.lowest,
                    "max": each.highest,
                }
                for each in self.values
            },
        }


_UNIT = re.compile(r" \[.*\]$")
_FORCE, _NOT_JUDGED = " [N]", (" [N m]", " [W]", " [m]", " [m/s]", " [rad/s]")
"""Unit of forces, and units of moments and of motions of bodies, which may all vanish but for rounding."""


def _scales(columns: tuple[str, ...], values: np.ndarray) -> np.ndarray:
    """Largest absolute value among the columns with the same unit, for each column.

    Coefficients are compared to `_LEAST_COEFFICIENT` at least. That of `_NOT_JUDGED` is infinite, and that of forces where there
    are coefficients of them: whether a flow is periodic is seen from coefficients, else forces, flow rates and pressures.
    """
    units = [match.group() if (match := _UNIT.search(name)) else "" for name in columns]
    left_out = (*_NOT_JUDGED, _FORCE) if "" in units else _NOT_JUDGED
    largest = np.where([unit in left_out for unit in units], np.inf, np.abs(values).max(axis=0))
    largest = np.maximum(largest, [0.0 if unit else _LEAST_COEFFICIENT for unit in units])
    return np.array([max(largest[k] for k, other in enumerate(units) if other == unit) for unit in units])


def _statistics(series: Series, k: int, name: str, periodic: PeriodicFlow | None) -> ValueStatistics:
    signal = series[name]
    mean = Measured(signal.mean, signal.error_of_mean) if periodic is None else periodic.oscillations[k].mean
    return ValueStatistics(name, mean, signal.rms, signal.lowest, signal.highest)


def _frequency(series: Series, name: str, periodic: PeriodicFlow | None) -> Measured | None:
    """Frequency of a value [1 / step]; None: it is too low for the window."""
    if periodic is not None:
        return periodic.frequency
    spectrum = series[name].spectrum
    highest = (len(series) - 1) / float(series.steps[-1] - series.steps[0]) / _SAMPLES_PER_PERIOD
    is_resolved = _LEAST_PERIODS * spectrum.lowest < spectrum.peak <= highest
    return Measured(spectrum.peak, 0.5 * spectrum.lowest) if is_resolved else None

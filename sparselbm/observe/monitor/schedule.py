"""Schedules of recordings, in steps or in seconds of the flow."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import floor, isfinite

from ...errors import ScheduleError
from ...units import Units


class Schedule(ABC):
    """Instants counted in steps since the state was set, so that a run in two parts has the same instants as one run."""

    @abstractmethod
    def next_after(self, step: int) -> int:
        """The first instant later than a step."""


@dataclass(frozen=True)
class EverySteps(Schedule):
    """Schedule of the steps 0, n, 2 n, ..."""

    count: int
    """n, at least 1."""

    def __post_init__(self):
        if self.count < 1 or self.count != int(self.count):
            raise ScheduleError(f"every {self.count} steps: the number must be an integer of at least 1")

    def next_after(self, step):
        return (step // self.count + 1) * self.count


@dataclass(frozen=True)
class EverySeconds(Schedule):
    """Schedule of the steps nearest to the times 0, T, 2 T, ... of the flow."""

    seconds: float
    """Interval T [s], at least the duration of a step."""
    units: Units
    """Units of the flow, which determine the duration of a step."""

    def __post_init__(self):
        step = self.units.time_step
        if not (isfinite(self.seconds) and self.seconds >= step):
            raise ScheduleError(f"every {self.seconds} s: the interval must be at least the duration of a step, {step:.4g} s")

    def next_after(self, step):
        period = self.seconds / self.units.time_step
        k = floor(step / period)
        while self._instant(k, period) <= step:
            k += 1
        return self._instant(k, period)

    @staticmethod
    def _instant(k: int, period: float) -> int:
        return floor(k * period + 0.5)

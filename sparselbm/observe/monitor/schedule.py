"""When to record: every so many steps, or every so many seconds of the flow."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import floor, isfinite

from ...errors import ScheduleError
from ...units import Units


class Schedule(ABC):
    """Instants counted in steps since the state was set, so that a run in two parts meets those of one."""

    @abstractmethod
    def next_after(self, step: int) -> int:
        """The first instant later than a step."""


@dataclass(frozen=True)
class EverySteps(Schedule):
    """The steps 0, n, 2 n, ..."""

    count: int
    """n, at least 1."""

    def __post_init__(self):
        if self.count < 1 or self.count != int(self.count):
            raise ScheduleError(f"every {self.count} steps: give a whole number, at least 1")

    def next_after(self, step):
        return (step // self.count + 1) * self.count


@dataclass(frozen=True)
class EverySeconds(Schedule):
    """The steps nearest to the times 0, T, 2 T, ... of the flow, not of the clock on the wall."""

    seconds: float
    """T [s], at least one step's time."""
    units: Units
    """Gives the duration of a step."""

    def __post_init__(self):
        step = self.units.time_step
        if not (isfinite(self.seconds) and self.seconds >= step):
            raise ScheduleError(f"every {self.seconds} s: a step takes {step:.4g} s; give at least that")

    def next_after(self, step):
        period = self.seconds / self.units.time_step
        k = floor(step / period)
        while self._instant(k, period) <= step:
            k += 1
        return self._instant(k, period)

    @staticmethod
    def _instant(k: int, period: float) -> int:
        return floor(k * period + 0.5)

"""When a recorded run ends early."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .series import SeriesRecord


class StopCondition(ABC):
    """A condition on what has been recorded, looked at after each sample."""

    @abstractmethod
    def require(self, records: Mapping[str, SeriesRecord]) -> None:
        """Raises ValueError, before a run, where the condition needs what is not recorded."""

    @abstractmethod
    def reached(self, records: Mapping[str, SeriesRecord]) -> bool:
        """Whether the run ends here."""


@dataclass(frozen=True, kw_only=True)
class StopWhenSteady(StopCondition):
    """The flow stands still: a `Residual` has stayed below `tolerance` for some samples in a row."""

    tolerance: float
    """Relative change of u from sample to sample; in fp32 rounding keeps it above about 1e-6."""
    record: str = "residual"
    """Name under which the residual is recorded."""
    column: str = "max"
    """`max` or `l2`."""
    samples: int = 2

    def __post_init__(self):
        for name in ("tolerance", "samples"):
            if not getattr(self, name) > 0:
                raise ValueError(f"Steady: {name} is {getattr(self, name)!r}: must be above 0")

    def require(self, records):
        if self.record not in records:
            raise ValueError(f"no record {self.record!r}: add a Residual monitor under that name")
        if self.column not in records[self.record].columns:
            raise ValueError(f"no column {self.column!r}; there are: {', '.join(records[self.record].columns)}")

    def reached(self, records):
        latest = records[self.record].latest(self.column, self.samples)
        return len(latest) == self.samples and bool(np.all(latest < self.tolerance))


@dataclass(frozen=True, kw_only=True)
class StopWhenPeriodic(StopCondition):
    """A fluctuating value repeats itself: mean and rms over two windows that follow each other differ by less than `tolerance`.

    Differences count relative to the larger of |mean| and rms of the later window; give windows of several periods.
    """

    record: str
    """Name of the monitor."""
    column: str
    window: int
    """Samples of a window."""
    tolerance: float = 1e-2

    def __post_init__(self):
        for name in ("tolerance", "window"):
            if not getattr(self, name) > 0:
                raise ValueError(f"Periodic: {name} is {getattr(self, name)!r}: must be above 0")

    def require(self, records):
        if self.record not in records or self.column not in records[self.record].columns:
            there = [f"{name}: {', '.join(record.columns)}" for name, record in records.items()]
            raise ValueError(f"no column {self.column!r} of {self.record!r}; there are {'; '.join(there)}")

    def reached(self, records):
        latest = records[self.record].latest(self.column, 2 * self.window)
        if len(latest) < 2 * self.window:
            return False
        before, after = latest[: self.window], latest[self.window :]
        scale = max(abs(after.mean()), after.std(), 1e-300)
        return bool(max(abs(after.mean() - before.mean()), abs(after.std() - before.std())) < self.tolerance * scale)

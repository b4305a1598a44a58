"""Conditions that end a recorded run early."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .series import SeriesRecord


class StopCondition(ABC):
    """Condition on the records, checked after each sample."""

    @abstractmethod
    def require(self, records: Mapping[str, SeriesRecord]) -> None:
        """Raises ValueError before a run if the condition needs a record or a column that does not exist."""

    @abstractmethod
    def reached(self, records: Mapping[str, SeriesRecord]) -> bool:
        """Whether the run ends now."""


@dataclass(frozen=True, kw_only=True)
class StopWhenSteady(StopCondition):
    """Condition of a steady flow: a `Residual` is below `tolerance` for several samples in a row."""

    tolerance: float
    """Relative change of u between samples; in fp32 rounding prevents values below about 1e-6."""
    record: str = "residual"
    """Name of the record of the residual."""
    column: str = "max"
    """`max` or `l2`."""
    samples: int = 2

    def __post_init__(self):
        for name in ("tolerance", "samples"):
            if not getattr(self, name) > 0:
                raise ValueError(f"StopWhenSteady: {name} is {getattr(self, name)!r}, but must be above 0")

    def require(self, records):
        if self.record not in records:
            raise ValueError(f"no record {self.record!r}: add a Residual monitor under that name")
        if self.column not in records[self.record].columns:
            raise ValueError(f"no column {self.column!r}: the columns are {', '.join(records[self.record].columns)}")

    def reached(self, records):
        latest = records[self.record].latest(self.column, self.samples)
        return len(latest) == self.samples and bool(np.all(latest < self.tolerance))


@dataclass(frozen=True, kw_only=True)
class StopWhenPeriodic(StopCondition):
    """Condition of a periodic value: mean and rms over two successive windows differ by less than `tolerance`.

    Differences are relative to the larger of |mean| and rms of the later window; use windows of several periods.
    """

    record: str
    """Name of the monitor."""
    column: str
    window: int
    """Number of samples per window."""
    tolerance: float = 1e-2

    def __post_init__(self):
        for name in ("tolerance", "window"):
            if not getattr(self, name) > 0:
                raise ValueError(f"StopWhenPeriodic: {name} is {getattr(self, name)!r}, but must be above 0")

    def require(self, records):
        if self.record not in records or self.column not in records[self.record].columns:
            there = [f"{name}: {', '.join(record.columns)}" for name, record in records.items()]
            raise ValueError(f"no column {self.column!r} of {self.record!r}: the columns are {'; '.join(there)}")

    def reached(self, records):
        latest = records[self.record].latest(self.column, 2 * self.window)
        if len(latest) < 2 * self.window:
            return False
        before, after = latest[: self.window], latest[self.window :]
        scale = max(abs(after.mean()), after.std(), 1e-300)
        return bool(max(abs(after.mean() - before.mean()), abs(after.std() - before.std())) < self.tolerance * scale)

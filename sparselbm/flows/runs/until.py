"""Conditions beside the monitored values for the end of a run to steady state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ...errors import SimulationError


class Until(ABC):
    """End of a run whose monitored values are steady: a frozen value."""

    @abstractmethod
    def is_reached(self, field_change: float, tolerance: float) -> bool:
        """Whether the run ends; `field_change`: see `FieldChange.share`; `tolerance`: that of the run."""


@dataclass(frozen=True)
class ValuesSettled(Until):
    """The monitored values are steady; the velocity may still change far downstream."""

    def is_reached(self, field_change, tolerance):
        return True


@dataclass(frozen=True)
class FieldSettled(Until):
    """The velocity is steady everywhere too, as drawn fields require."""

    tolerance: float | None = None
    """Largest change of the velocity over an interval, relative to the largest velocity; None: the tolerance of the run."""

    def __post_init__(self):
        if self.tolerance is not None and not self.tolerance > 0.0:
            raise SimulationError(f"FieldSettled(tolerance={self.tolerance!r}): it must be above 0, or None for that of the run")

    def is_reached(self, field_change, tolerance):
        return field_change < (self.tolerance or tolerance)

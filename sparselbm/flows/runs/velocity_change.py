"""Residual of a flow: change of its velocity per interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from ...files.restarts import Resumable
from ...observe.monitor import EverySteps, Monitor, Sampler
from ...solver import Simulation
from ...units import Units
from .field_change import FieldHistory
from .recorded_values import InTime

RESIDUALS = "residuals"
"""Name of the record of residuals, and of its file."""


def residuals(interval: int, units: Units) -> Monitor:
    """Monitor of the time [s] and of the residual, once per interval [steps]."""
    every = EverySteps(interval)
    return InTime((VelocityChange(every),), units, every)


@dataclass(frozen=True)
class VelocityChange(Monitor):
    """Largest change of the mean velocity of a tile since the previous sample, relative to the largest such velocity: column
    `velocity change`; NaN for the first sample. See `FieldChange`, by which `FieldSettled` judges."""

    every: EverySteps

    def columns(self, simulation):
        return ("velocity change",)

    def bind(self, simulation):
        return _ChangeSampler(simulation)


class _ChangeSampler(Sampler, Resumable):
    def __init__(self, simulation: Simulation):
        self._simulation, self._fields = simulation, FieldHistory(simulation)
        self._before: int | None = None

    def saved(self):
        return {"before": self._before, "fields": self._fields.saved()}

    def restore(self, state):
        self._before = state["before"]
        self._fields.restore(state["fields"])

    def take(self):
        before, self._before = self._before, self._simulation.steps
        self._fields.add()
        return (nan if before is None else self._fields.change(before).share,)

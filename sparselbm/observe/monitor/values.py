"""Objectives recorded as series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...solver import Simulation
from ..observable import Observable
from .monitor import Monitor, Sampler
from .schedule import Schedule
from .sums_kernel import Sums


@dataclass(frozen=True)
class Values(Monitor):
    """Any objectives, by name: `Values({"drag": Force("body", (1.0, 0.0)), "flow": FlowRate(0, 12)}, EverySteps(50))`."""

    objectives: Mapping[str, Observable]
    """What is recorded in the column of this name."""
    every: Schedule

    def columns(self, simulation):
        return tuple(self.objectives)

    def bind(self, simulation):
        return ValuesSampler(simulation, tuple(self.objectives.values()))


class ValuesSampler(Sampler):
    """Evaluates objectives in one pass, each times `factor`."""

    def __init__(self, simulation: Simulation, objectives: Sequence[Observable], factor: float = 1.0):
        self._sums, self._factor = Sums(simulation, objectives), factor

    def take(self):
        return tuple((self._factor * self._sums.take()).tolist())

"""Objectives recorded as series."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..evaluate import Evaluation
from ..objective import Objective
from ..simulation import Simulation
from .monitor import Monitor, Sampler
from .schedule import Schedule


@dataclass(frozen=True)
class Values(Monitor):
    """Any objectives, by name: `Values({"drag": Force("body", (1.0, 0.0)), "flow": FlowRate(0, 12)}, EverySteps(50))`."""

    objectives: Mapping[str, Objective]
    """What is recorded in the column of this name."""
    every: Schedule

    def columns(self, simulation):
        return tuple(self.objectives)

    def bind(self, simulation):
        return ValuesSampler(simulation, self.objectives)


class ValuesSampler(Sampler):
    """Evaluates objectives, each times a factor (1 where none is given)."""

    def __init__(
        self, simulation: Simulation, objectives: Mapping[str, Objective], factors: Mapping[str, float] | None = None
    ):
        self._state = lambda: simulation.state
        self._terms = [
            (Evaluation(simulation, objective), (factors or {}).get(name, 1.0)) for name, objective in objectives.items()
        ]

    def take(self):
        for evaluation, factor in self._terms:
            evaluation.add(self._state(), factor)
        return tuple(evaluation.take() for evaluation, _ in self._terms)

"""The value of an objective, now or over a window of steps."""

import warp as wp

from ..grid.memory import summed, sums_array
from ..kernels.observables import integral_kernel
from ..solver import Simulation
from .observable import Observable


class Evaluation:
    """Adds up an objective over the states that it is shown."""

    def __init__(self, simulation: Simulation, objective: Observable):
        self._simulation = simulation
        self._sums = sums_array(simulation.domain, 1)
        self._sweep = simulation.passes.general(integral_kernel, (objective,), tiles=lambda: objective.tiles(simulation))

    def add(self, state: wp.array, weight: float = 1.0, step: int | None = None) -> None:
        """Adds `weight` times the objective at the state after `step` steps, by default those of the simulation."""
        self._sweep(step=step, source=state, sums=self._sums, weight=weight)

    def take(self) -> float:
        """What has been added up; starts anew."""
        value = float(summed(self._sums)[0])
        self._sums.zero_()
        return value


def evaluate(objective: Observable, simulation: Simulation) -> float:
    """The objective at the present state [lattice units].

    Its kernel is traced at each call, in some milliseconds: for a value at every step use one `Evaluation`.
    """
    evaluation = Evaluation(simulation, objective)
    evaluation.add(simulation.state.populations)
    return evaluation.take()

"""The value of an objective, now or over a window of steps."""

import numpy as np
import warp as wp

from .lanes import TileShape, sum_slots
from .objective import Objective
from .simulation import Simulation
from .step import integral_kernel


def sums_array(simulation: Simulation, count: int) -> wp.array:
    """Zeros for `count` sums over every tile, fp64."""
    slots = sum_slots(TileShape(simulation.domain.dimension), simulation.target.cuda)
    return wp.zeros(simulation.domain.tile_count * count * slots, dtype=wp.float64, device=simulation.domain.device)


def summed(sums: wp.array, simulation: Simulation, count: int) -> np.ndarray:
    """The sums over all tiles, (count,), added in the same order on every run."""
    return sums.numpy().reshape(simulation.domain.tile_count, count, -1).sum(axis=(0, 2))


class Evaluation:
    """Adds up an objective over the states that it is shown."""

    def __init__(self, simulation: Simulation, objective: Objective):
        self._simulation = simulation
        self._sums = sums_array(simulation, 1)
        self._sweep = simulation.general_sweep(integral_kernel, objective, tiles=objective.tiles(simulation))

    def add(self, state: wp.array, weight: float = 1.0) -> None:
        """Adds `weight` times the objective at a state."""
        self._sweep(source=state, solid=self._simulation.solid, sums=self._sums, weight=weight)

    def take(self) -> float:
        """What has been added up; starts anew."""
        value = float(summed(self._sums, self._simulation, 1)[0])
        self._sums.zero_()
        return value


def evaluate(objective: Objective, simulation: Simulation) -> float:
    """The objective at the present state [lattice units]."""
    evaluation = Evaluation(simulation, objective)
    evaluation.add(simulation.state)
    return evaluation.take()

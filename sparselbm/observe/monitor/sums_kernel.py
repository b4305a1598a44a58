"""Several objectives in one pass over the tiles."""

import functools
from collections.abc import Sequence

import numpy as np

from ...grid.memory import summed, sums_array
from ...kernels.observables import integral_kernel
from ...solver import Simulation
from ..observable import Observable


class Sums:
    """Objectives of a simulation's present state, evaluated together over the tiles that any of them needs."""

    def __init__(self, simulation: Simulation, objectives: Sequence[Observable]):
        self._simulation, self._count = simulation, len(objectives)
        self._sums = sums_array(simulation.domain, self._count)
        self._objectives = tuple(objectives)
        self._sweep = simulation.passes.general(integral_kernel, self._objectives, tiles=self._tiles)

    def _tiles(self) -> np.ndarray:
        """Where any of the objectives counts now."""
        found = (each.tiles(self._simulation) for each in self._objectives)
        return functools.reduce(np.union1d, found, np.empty(0, dtype=np.int64)).astype(np.int64)

    def take(self) -> np.ndarray:
        """The values, (number of objectives,) float64 [lattice units]."""
        simulation = self._simulation
        self._sums.zero_()
        self._sweep(source=simulation.state.populations, sums=self._sums)
        return summed(self._sums)

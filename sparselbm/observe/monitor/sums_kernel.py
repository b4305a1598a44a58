"""Several objectives in one pass over the tiles."""

import functools
from collections.abc import Sequence

import numpy as np

from ...grid.memory import summed, sums_array
from ...kernels.cell import Cell
from ...kernels.step import Target
from ...kernels.tile_kernel import TileKernel, TileTrace
from ...models.physics import Physics, TileClass
from ...solver import Simulation
from ...trace.expression import has_bit, where
from ..observable import Observable


@functools.cache
def sums_kernel(physics: Physics, tiles: TileClass, target: Target, objectives: tuple[Observable, ...]) -> TileKernel:
    """The sum of each objective's integrand over each tile: what they share is computed once."""
    trace = TileTrace(physics.lattice, physics.parameters, physics.carried, physics.kept)
    cell = Cell(physics, tiles, trace)
    for objective in objectives:
        value = objective.integrand(cell)
        trace.sum(value if cell.links is None else where(has_bit(cell.links, 0), 0.0, value))
    return trace.kernel(target.precision, target.cuda)


class Sums:
    """Objectives of a simulation's present state, evaluated together over the tiles that any of them needs."""

    def __init__(self, simulation: Simulation, objectives: Sequence[Observable]):
        self._simulation, self._count = simulation, len(objectives)
        tiles = functools.reduce(np.union1d, [each.tiles(simulation) for each in objectives], np.empty(0, dtype=np.int64))
        self._sums = sums_array(simulation.domain, self._count)
        self._sweep = simulation.general_sweep(sums_kernel, tuple(objectives), tiles=tiles.astype(np.int64))

    def take(self) -> np.ndarray:
        """The values, (number of objectives,) float64 [lattice units]."""
        simulation = self._simulation
        self._sums.zero_()
        self._sweep(source=simulation.state, solid=simulation.solid, sums=self._sums)
        return summed(self._sums, simulation.domain, self._count)

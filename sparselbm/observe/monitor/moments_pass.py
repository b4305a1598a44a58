"""Density and velocity for monitors, in borrowed memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import warp as wp

from ...grid.memory import tile_part
from ...kernels.moments import moments_kernel
from ...solver import Simulation


class MomentsPass:
    """Writes the moments of the present state, `[tile][1 + d][cell]`, into scratch memory of the state.

    They are valid until the next step; a population array is always large enough.
    """

    def __init__(self, simulation: Simulation, tiles: Callable[[], np.ndarray] | None = None):
        """`tiles`: returns the indices of the tiles whose moments are needed; None: all."""
        self._simulation = simulation
        self._sweep = simulation.passes.general(moments_kernel, tiles=tiles)

    @contextmanager
    def taken(self) -> Iterator[wp.array]:
        """Context manager that gives the moments, which are overwritten afterwards."""
        simulation = self._simulation
        with simulation.state.scratch() as array:
            moments = tile_part(array, 1 + simulation.lattice.dimension)
            self._sweep(source=simulation.state.populations, target=moments)
            yield moments


def solid_or_none(simulation: Simulation) -> wp.array:
    """Solid fractions as a flat array, or an array without elements."""
    if simulation.solids.fractions is not None:
        return simulation.solids.fractions.flatten()
    return wp.empty(0, dtype=simulation.precision, device=simulation.domain.device)

"""Density and velocity for monitors, in borrowed memory."""

from collections.abc import Callable

import numpy as np
import warp as wp

from ...grid.memory import tile_part
from ...kernels.moments import moments_kernel
from ...solver import Simulation


class MomentsPass:
    """Writes the moments of the present state, `[tile][1 + d][cell]`, into the spare array of the simulation.

    They are valid until the next step; a population array is always large enough.
    """

    def __init__(self, simulation: Simulation, tiles: Callable[[], np.ndarray] | None = None):
        """`tiles`: returns the indices of the tiles whose moments are needed; None: all."""
        self._simulation = simulation
        self._sweep = simulation.general_sweep(moments_kernel, tiles=tiles)

    def __call__(self) -> wp.array:
        simulation = self._simulation
        moments = tile_part(simulation.spare, 1 + simulation.lattice.dimension)
        self._sweep(source=simulation.state, target=moments)
        return moments


def solid_or_none(simulation: Simulation) -> wp.array:
    """Solid fractions as a flat array, or an array without elements."""
    if simulation.solid is not None:
        return simulation.solid.flatten()
    return wp.empty(0, dtype=simulation.precision, device=simulation.domain.device)

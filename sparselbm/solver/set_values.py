"""Equilibrium populations from density, velocity and scalars."""

from collections.abc import Sequence

import numpy as np
import warp as wp

from ..grid.memory import put_tiles, tile_array
from ..kernels.moments import equilibrium_kernel
from ..kernels.scalars import scalar_equilibrium_kernel
from .cell_values import cell_values
from .passes import Passes
from .state import State


def set_flow(
    passes: Passes, state: State, density: np.ndarray | float, velocity: Sequence | np.ndarray | float
) -> None:
    """Sets the populations of the flow to their equilibrium, and counts steps from 0: see `Simulation.set_state`."""
    domain, d = passes.domain, passes.domain.dimension
    values = np.empty((domain.tile_count, 1 + d, domain.cells_per_tile))
    values[:, 0] = cell_values(domain, "density", density)
    values[:, 1:] = np.moveaxis(cell_values(domain, "velocity", velocity, d), -1, 1)
    moments = tile_array(domain, 1 + d, passes.target.precision)
    put_tiles(values, moments)
    state.steps = 0
    passes.general(equilibrium_kernel)(source=moments, target=state.populations)


def set_scalar(passes: Passes, state: State, name: str, values: np.ndarray | float) -> None:
    """Sets the populations of a scalar to their equilibrium: see `Simulation.set_scalar`."""
    given = tile_array(passes.domain, 1, passes.target.precision)
    put_tiles(cell_values(passes.domain, name, values)[:, None], given)
    set_populations = passes.general(scalar_equilibrium_kernel, name)
    with state.scratch() as result:
        set_populations(source=state.populations, adjoint=given, target=result)
        wp.copy(state.populations, result)

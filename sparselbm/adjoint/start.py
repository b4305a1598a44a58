"""Initial states of a run as inputs."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ..grid.memory import tile_array
from ..kernels.moments import equilibrium_adjoint_kernel, equilibrium_kernel
from ..solver import Simulation
from .sweep import BackwardSweep
from .targets import InitialPopulations


@dataclass(frozen=True)
class FromPopulations:
    """Initial populations, (n, S, cells): those of the flow, shifted by the weights, then those of the scalars."""

    name = "populations"

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        domain = simulation.domain
        return domain.tile_count, simulation.physics.size, domain.cells_per_tile

    def reads_state(self, simulation: Simulation) -> bool:
        """Whether the initial state also depends on the present state of the simulation."""
        return False

    def state(self, simulation: Simulation, values: wp.array) -> wp.array:
        """State with these populations."""
        return aligned(simulation, values)

    def gradient(self, sweep: BackwardSweep, values: wp.array) -> wp.array:
        """d J / d populations, from a finished backward sweep."""
        simulation = sweep.simulation
        gradient = np.ascontiguousarray(InitialPopulations().gradient(sweep))
        return wp.array(gradient, dtype=simulation.precision, device=simulation.domain.device)


@dataclass(frozen=True)
class FromMoments:
    """Initial density and velocity, (n, 1 + d, cells), in the layout of `Simulation.moments`: populations at equilibrium.

    f_q = f_q^eq(rho, u); populations of scalars are those of the simulation.
    """

    name = "moments"

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        domain = simulation.domain
        return domain.tile_count, 1 + domain.dimension, domain.cells_per_tile

    def reads_state(self, simulation: Simulation) -> bool:
        """Whether the initial state also depends on the present state of the simulation."""
        return bool(simulation.physics.scalars or simulation.physics.stored_velocity_size)

    def state(self, simulation: Simulation, values: wp.array) -> wp.array:
        """State at this equilibrium."""
        state = simulation.state.zeros()
        wp.copy(state, simulation.state.populations)
        simulation.passes.general(equilibrium_kernel)(source=aligned(simulation, values), target=state)
        return state

    def gradient(self, sweep: BackwardSweep, values: wp.array) -> wp.array:
        """d J / d (density, velocity) at `values`, from a finished backward sweep, which also gathers the gradients in the
        parameters
        of the initial state."""
        simulation = sweep.simulation
        moments, adjoint = aligned(simulation, values), sweep.initial_adjoint()
        result = tile_array(simulation.domain, values.shape[1], simulation.precision)
        sweep.gathering(equilibrium_adjoint_kernel)(source=moments, adjoint=adjoint, target=result, weight=1.0)
        return packed(result, values.shape)


def aligned(simulation: Simulation, values: wp.array) -> wp.array:
    """Copy of an array (n, size, cells) in the layout of the kernels: aligned to vectors, with a sentinel tile."""
    result = tile_array(simulation.domain, values.shape[1], simulation.precision)
    wp.copy(result, values, count=values.size)
    return result


def packed(array: wp.array, shape: tuple[int, ...]) -> wp.array:
    """View of a tile array without the sentinel tile, of shape (n, size, cells)."""
    return array[: shape[0]]  # type: ignore[return-value]

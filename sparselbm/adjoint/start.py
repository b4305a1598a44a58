"""What a run's state starts from, when that is an input."""

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
    """All populations, (n, S, cells): those of the flow, shifted by the weights, then those of the scalars."""

    name = "populations"

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        domain = simulation.domain
        return domain.tile_count, simulation.physics.size, domain.cells_per_tile

    def reads_state(self, simulation: Simulation) -> bool:
        """Whether the start depends on the simulation's present state as well."""
        return False

    def state(self, simulation: Simulation, values: wp.array) -> wp.array:
        """A state with these populations."""
        return aligned(simulation, values)

    def gradient(self, reverse: BackwardSweep, values: wp.array) -> wp.array:
        """d J / d populations, of a finished backward sweep."""
        simulation = reverse.simulation
        gradient = np.ascontiguousarray(InitialPopulations().gradient(reverse))
        return wp.array(gradient, dtype=simulation.precision, device=simulation.domain.device)


@dataclass(frozen=True)
class FromMoments:
    """Density and velocity, (n, 1 + d, cells), as `Simulation.moments` gives them: populations start at their equilibrium.

    f_q = f_q^eq(rho, u); those of scalars start as they are in the simulation.
    """

    name = "moments"

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        domain = simulation.domain
        return domain.tile_count, 1 + domain.dimension, domain.cells_per_tile

    def reads_state(self, simulation: Simulation) -> bool:
        """Whether the start depends on the simulation's present state as well."""
        return bool(simulation.physics.scalars or simulation.physics.stored_velocity_size)

    def state(self, simulation: Simulation, values: wp.array) -> wp.array:
        """A state at this equilibrium."""
        state = simulation.new_state()
        wp.copy(state, simulation.state)
        simulation.general_sweep(equilibrium_kernel)(source=aligned(simulation, values), target=state)
        return state

    def gradient(self, reverse: BackwardSweep, values: wp.array) -> wp.array:
        """d J / d (density, velocity) at `values`, of a finished backward sweep, which gathers what numbers have done to the
        start."""
        simulation = reverse.simulation
        moments, adjoint = aligned(simulation, values), reverse.initial_adjoint()
        result = tile_array(simulation.domain, values.shape[1], simulation.precision)
        reverse.sweep(equilibrium_adjoint_kernel)(source=moments, adjoint=adjoint, target=result, weight=1.0)
        return packed(result, values.shape)


def aligned(simulation: Simulation, values: wp.array) -> wp.array:
    """A copy of (n, size, cells) as the kernels want it: aligned to vectors, with a sentinel tile."""
    result = tile_array(simulation.domain, values.shape[1], simulation.precision)
    wp.copy(result, values, count=values.size)
    return result


def packed(array: wp.array, shape: tuple[int, ...]) -> wp.array:
    """The part of a tile array that belongs to tiles, in its shape (n, size, cells), without a copy."""
    return array[: shape[0]]  # type: ignore[return-value]

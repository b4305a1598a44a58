"""Outputs of a run: frozen values that read the last state and turn a cotangent into seeds of the backward sweep."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ..kernels.adjoint import populations_adjoint_kernel
from ..kernels.moments import moments_adjoint_kernel
from ..observe import Functional, evaluate
from ..solver import Simulation
from .start import aligned, packed
from .sweep import Seed, functional_seeds


@dataclass(frozen=True)
class Populations:
    """Populations of the last state, (n, S, cells): those of the flow, shifted by the weights, then those of the scalars."""

    name = "populations"

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        domain = simulation.domain
        return domain.tile_count, simulation.physics.size, domain.cells_per_tile

    def read(self, simulation: Simulation) -> wp.array:
        """Copy of the present state, because an adjoint method may store its array."""
        return wp.clone(packed(simulation.state.populations, self.shape(simulation)))

    def seeds(self, simulation: Simulation, cotangent: wp.array) -> list[Seed]:
        return [Seed(populations_adjoint_kernel, adjoint=aligned(simulation, cotangent))]


@dataclass(frozen=True)
class Moments:
    """Density and velocity of the last state, (n, 1 + d, cells), as `Simulation.moments` gives them."""

    name = "moments"

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        domain = simulation.domain
        return domain.tile_count, 1 + domain.dimension, domain.cells_per_tile

    def read(self, simulation: Simulation) -> wp.array:
        """Moments of the present state."""
        return packed(simulation.moments(), self.shape(simulation))

    def seeds(self, simulation: Simulation, cotangent: wp.array) -> list[Seed]:
        return [Seed(moments_adjoint_kernel, adjoint=aligned(simulation, cotangent))]


@dataclass(frozen=True)
class Total:
    """Value of a functional at the last state, a number."""

    objective: Functional

    @property
    def name(self) -> str:
        return type(self.objective).__name__.lower()

    def shape(self, simulation: Simulation) -> tuple[int, ...]:
        return ()

    def read(self, simulation: Simulation) -> wp.array:
        """Value at the present state."""
        value = evaluate(self.objective, simulation)
        return wp.array(np.array([value]), dtype=simulation.precision, device=simulation.domain.device)

    def seeds(self, simulation: Simulation, cotangent: wp.array) -> list[Seed]:
        return functional_seeds(simulation, self.objective, float(cotangent.numpy().item()))


RunOutput = Populations | Moments | Total

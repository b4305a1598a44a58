"""Dot-product test: the adjoint step is the transpose of the step."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ...adjoint.sweep import BackwardSweep
from ...grid.memory import put_tiles, tile_view
from ...kernels.adjoint import GradientTargets
from ...solver import Simulation


@dataclass(frozen=True)
class DotProduct:
    """<lambda, J v>, with J v by central differences of the state, and <J^T lambda, v>, for random v and lambda."""

    forward: float
    backward: float
    scale: float
    """Scale |lambda| |J v| / sqrt(n): the size of a product of n independent numbers."""

    @property
    def error(self) -> float:
        """Error |forward - backward| / scale: about the relative error of an entry of J^T lambda."""
        return abs(self.forward - self.backward) / self.scale


def dot_product(simulation: Simulation, *, amplitude: float = 1e-3, seed: int = 0) -> DotProduct:
    """Compares both at the current state, which is unchanged; needs five population arrays.

    A step is nearly quadratic in the populations (only 1 / rho is not). Central differences with an `amplitude` of 1e-3
    (populations are of the order of their weights, densities 1) are exact to about 1e-6, with smaller ones to rounding.
    """
    rng = np.random.default_rng(seed)
    v, w = _noise(simulation, rng), _noise(simulation, rng)
    state, step = simulation.state.populations, simulation.steps
    ends = []
    for sign in (1.0, -1.0):
        start, end = simulation.state.zeros(), simulation.state.zeros()
        start.assign(state.numpy() + sign * amplitude * v.numpy())
        simulation.stepper.advance(start, end, step)
        ends.append(_seen(simulation, end))
    forward = (ends[0] - ends[1]) / (2.0 * amplitude)
    reverse = BackwardSweep(simulation, None, wrt=GradientTargets())
    reverse.start_from(w)
    reverse.back(state, step)
    backward = _seen(simulation, reverse.initial_adjoint())
    along, seen = _seen(simulation, w), _seen(simulation, v)
    scale = np.linalg.norm(along) * np.linalg.norm(forward) / np.sqrt(np.count_nonzero(along))
    return DotProduct(float(along @ forward), float(backward @ seen), float(scale))


def _seen(simulation: Simulation, state: wp.array) -> np.ndarray:
    """Populations of fluid cells as fp64, flat."""
    view = tile_view(simulation.domain, state, simulation.physics.size)
    return (view * simulation.walls.fluid[:, None]).astype(np.float64).ravel()


def _noise(simulation: Simulation, rng: np.random.Generator) -> wp.array:
    """Random numbers in the fluid, 0 elsewhere."""
    state = simulation.state.zeros()
    noise = rng.standard_normal((simulation.domain.tile_count, simulation.physics.size, simulation.domain.cells_per_tile))
    put_tiles(noise * simulation.walls.fluid[:, None], state)
    return state

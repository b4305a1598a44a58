"""Populations of a simulation as dense arrays, both ways."""

import numpy as np

from sparselbm.grid.memory import put_tiles, tile_view


def dense_state(simulation):
    """The state on the box, (S, *shape)."""
    f = tile_view(simulation.domain, simulation.state.populations, simulation.physics.size)
    return np.moveaxis(simulation.domain.dense(np.moveaxis(f, 1, -1)), -1, 0)


def set_dense_state(simulation, f):
    """Takes populations (Q, *shape) over; cells outside the fluid get 0, and what follows the flow's populations."""
    domain, S = simulation.domain, simulation.physics.size
    f = np.concatenate([f, np.zeros((S - len(f), *f.shape[1:]))])
    index = np.minimum(domain.cell_indices(), np.asarray(domain.shape) - 1)
    tiles = np.where(domain.fluid[..., None], np.moveaxis(f, 0, -1)[tuple(np.moveaxis(index, -1, 0))], 0.0)
    put_tiles(np.moveaxis(tiles, -1, 1), simulation.state.populations)


def noise(lattice, shape, seed=7):
    """Populations near equilibrium at rest, every component of its own, (Q, *shape)."""
    w = np.asarray(lattice.weights).reshape(-1, *[1] * len(shape))
    return w * np.random.default_rng(seed).uniform(-0.05, 0.05, (lattice.size, *shape))

"""Initial velocity of the flow inside a surface: potential flow from the inlets to the outlets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...observe import OpeningFlows
from ...solver import Simulation
from ...solver.walls import upstream

_TOLERANCE = 1e-3
"""Residual relative to the inflow, below that of the sound that the walls emit when the flow begins."""
_ITERATIONS = 2000
"""Largest number of iterations: about as many as cells along the vessel are needed."""


def potential_flow(simulation: Simulation, openings: OpeningFlows, rates: Mapping[str, float]) -> np.ndarray:
    """Velocity u = grad phi of every cell [cells / step], (n, cells, 3), with div u = 0 and no flow through the walls.

    `rates`: flow rate of each inlet [cells^3 / step]; the other openings are outlets, where phi = 0. Finite volumes on the links
    along the axes, solved by conjugate gradients. A start from rest would send a pressure wave rho c_s u through the vessel,
    which leaves the outlets at several times the final velocity.
    """
    import scipy.sparse as sp
    from scipy.sparse.linalg import cg

    domain = simulation.domain
    number, pairs = _numbered(simulation)
    count = int(number.max()) + 1
    sources, sinks, through = np.zeros(count), np.zeros(count), np.zeros((count, 3))
    for name, cells in openings.cells.items():
        here, areas = number[tuple(cells.T)], np.maximum(openings.areas[name], 0.0)
        target = sources if name in rates else sinks
        np.add.at(target, here, areas * (rates[name] / areas.sum() if name in rates else 2.0))
    ends = [end for pair in pairs for end in (pair, pair[::-1])]
    rows, columns = (np.concatenate([end[k] for end in ends]) for k in (0, 1))
    links = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    reached = _reached(links, sinks)
    sources[~reached] = 0.0
    matrix = sp.diags(np.asarray(links.sum(axis=1)).ravel() + sinks + ~reached) - links
    diagonal = np.asarray(matrix.diagonal(), dtype=np.float64)
    phi, _ = cg(matrix, sources, rtol=_TOLERANCE, maxiter=_ITERATIONS, M=sp.diags(1.0 / diagonal))
    for axis, (lower, upper) in enumerate(pairs):
        flux = 0.5 * (phi[lower] - phi[upper])
        np.add.at(through[:, axis], lower, flux)
        np.add.at(through[:, axis], upper, flux)
    for name, cells in openings.cells.items():
        here, areas = number[tuple(cells.T)], np.maximum(openings.areas[name], 0.0)
        rate = areas * rates[name] / areas.sum() if name in rates else -2.0 * areas * phi[here]
        np.add.at(through, here, 0.5 * rate[:, None] * openings.normals[name])
    found = np.zeros((*number.shape, domain.dimension))
    found[number >= 0] = through
    return found


def _numbered(simulation: Simulation) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Number of each fluid cell, (n, cells), -1 elsewhere, and for each axis the numbers of neighbours, lower and upper."""
    domain, walls = simulation.domain, simulation.walls
    words = walls.blocked_links.numpy().reshape(walls.fluid.shape)
    number = np.where(walls.fluid, np.cumsum(walls.fluid).reshape(walls.fluid.shape) - 1, -1)
    beyond = np.concatenate([number, np.full((1, number.shape[1]), -1)])
    tiles, pairs = np.arange(domain.tile_count), []
    for axis in np.eye(domain.dimension, dtype=int).tolist():
        link = simulation.lattice.velocities.index(tuple(axis))
        free = walls.fluid & ((words >> np.uint32(link)) & 1 == 0)
        lower = beyond[upstream(domain, axis, tiles)]
        free &= lower >= 0
        pairs.append((lower[free], number[free]))
    return number, pairs


def _reached(links, sinks: np.ndarray) -> np.ndarray:
    """Whether each cell is connected to an outlet."""
    from scipy.sparse.csgraph import connected_components

    parts = connected_components(links, directed=False)[1]
    return np.isin(parts, np.unique(parts[sinks > 0.0]))

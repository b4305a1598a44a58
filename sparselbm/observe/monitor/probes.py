"""Pressure and velocity at points."""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import warp as wp

from ...grid import Domain
from ...lattice import CS2
from ...layout import EDGE, TileLayout
from ...solver import Simulation
from ...solver.open_cells import open_cells
from .moments_pass import MomentsPass
from .monitor import Monitor, Sampler
from .schedule import Schedule


@dataclass(frozen=True)
class Probes(Monitor):
    """p = c_s^2 (rho - 1) and u at points, trilinear between the centres of cells, exact for fields linear in space.

    Columns: `pressure_0`, `velocity_x_0`, ..., then those of point 1. Where cells around a point are no fluid, or all solid,
    the others share their weight; where all of them are, as within a body that has come by, values are NaN. Only the tiles
    around the points are computed: a sample costs what they cost.
    """

    points: tuple[tuple[float, ...], ...]
    """Places [m], one value per axis."""
    every: Schedule

    def columns(self, simulation):
        quantities = ("pressure", *(f"velocity_{axis}" for axis in "xyz"[: simulation.lattice.dimension]))
        return tuple(f"{quantity}_{k}" for k in range(len(self.points)) for quantity in quantities)

    def bind(self, simulation):
        return _ProbeSampler(simulation, np.asarray(self.points, dtype=np.float64))


class _ProbeSampler(Sampler):
    def __init__(self, simulation: Simulation, points: np.ndarray):
        domain, size = simulation.domain, 1 + simulation.lattice.dimension
        self._simulation, self._points, self._version = simulation, points, simulation.geometry_version
        cells, self._weights = stencil(domain, open_cells(simulation), points)
        self._require_fluid()
        tile, inner = np.divmod(cells, domain.cells_per_tile)
        self._shape, self._device = (*cells.shape, size), domain.device
        places = np.stack([tile, inner], axis=-1).reshape(-1, 2)
        self._places = wp.array(places, dtype=wp.vec2i, device=domain.device)
        self._found = wp.empty((cells.size, size), dtype=simulation.precision, device=domain.device)
        self._moments = MomentsPass(simulation, lambda: np.unique(tile))

    def _require_fluid(self) -> None:
        for k in np.flatnonzero(np.isnan(self._weights[:, 0])):
            raise ValueError(
                f"point {k} at {tuple(self._points[k].tolist())} m: no cell around it is fluid; move it into the flow"
            )

    def take(self):
        if self._version != self._simulation.geometry_version:  # A body may have come near a point, or have left it.
            _, self._weights = stencil(self._simulation.domain, open_cells(self._simulation), self._points)
            self._version = self._simulation.geometry_version
        inputs, kernel = [self._places, self._moments()], _gather_kernel(self._found.dtype)
        wp.launch(kernel, self._found.shape, inputs=inputs, outputs=[self._found], device=self._device, record_tape=False)
        near = self._found.numpy().reshape(self._shape).astype(np.float64)
        near[..., 0] = CS2 * (near[..., 0] - 1.0)
        near[self._weights == 0.0] = 0.0  # What is trapped in a solid may be anything.
        return tuple(np.einsum("kc,kcv->kv", self._weights, near).ravel().tolist())


def stencil(domain: Domain, counts: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells around points (k, d) [m] and their trilinear weights, each (k, 2^d); weights of cells that do not count are 0.

    A cell is numbered tile x cells_per_tile + cell, 0 outside the domain. NaN are the weights around points where no cell
    counts. Raises ValueError for points of another shape, or that are not finite.
    """
    d = domain.dimension
    if points.ndim != 2 or points.shape[1] != d or not np.isfinite(points).all():
        raise ValueError(f"points of shape {points.shape}: give finite values of shape (k, {d}) [m]")
    place = (points - np.asarray(domain.origin[:d])) / domain.voxel_size - 0.5
    low = np.floor(place + 1e-9).astype(np.int64)  # A point on a centre, to rounding, needs no cell before it.
    beyond = np.clip(place - low, 0.0, 1.0)
    tiles = {tuple(tile): k for k, tile in enumerate(domain.tiles[:, :d].tolist())}
    cells, weights = np.zeros((2, len(points), 2**d))
    for corner, offset in enumerate(product((0, 1), repeat=d)):
        index = low + offset
        for axis in np.flatnonzero(domain.periodic):
            index[:, axis] %= domain.shape[axis]
        tile = np.array([tiles.get(tuple(each), -1) for each in (index // EDGE).tolist()], dtype=np.int64)
        inner = TileLayout(d).cell_of(index)
        counted = (tile >= 0) & counts[tile, inner]
        cells[:, corner] = np.where(tile >= 0, tile * domain.cells_per_tile + inner, 0)
        weights[:, corner] = np.where(counted, np.where(offset, beyond, 1.0 - beyond).prod(axis=1), 0.0)
    total = weights.sum(axis=1, keepdims=True)
    return cells.astype(np.int64), weights / np.where(total < 1e-6, np.nan, total)


@cache
def _gather_kernel(precision: type) -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def gather(places: wp.array(dtype=wp.vec2i), values: wp.array3d(dtype=precision), found: wp.array2d(dtype=precision)):
        i, k = wp.tid()
        found[i, k] = values[places[i][0], k, places[i][1]]

    return gather

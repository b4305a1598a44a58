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
from .moments_pass import MomentsPass
from .monitor import Monitor, Sampler
from .schedule import Schedule


@dataclass(frozen=True)
class Probes(Monitor):
    """p = c_s^2 (rho - 1) and u at points, trilinear between the centres of cells, exact for fields linear in space.

    Columns: `pressure_0`, `velocity_x_0`, ..., then those of point 1. If cells around a point are not fluid, or wholly solid, the
    others share their weight; if all of them are, for example inside a body that has moved there, values are NaN. Only the tiles
    around the points are computed.
    """

    points: tuple[tuple[float, ...], ...]
    """Positions [m], one value per axis."""
    every: Schedule

    def columns(self, simulation):
        quantities = ("pressure", *(f"velocity_{axis}" for axis in "xyz"[: simulation.lattice.dimension]))
        return tuple(f"{quantity}_{k}" for k in range(len(self.points)) for quantity in quantities)

    def bind(self, simulation):
        return _ProbeSampler(simulation, np.asarray(self.points, dtype=np.float64))


class _CellsAround:
    """Cells around points and their weights, as long as no body moves."""

    def __init__(self, simulation: Simulation, points: np.ndarray):
        self._simulation, self._points = simulation, points
        self.tiles()
        for k in np.flatnonzero(np.isnan(self.weights[:, 0])):
            place = tuple(points[k].tolist())
            raise ValueError(f"point {k} at {place} m is not in the flow: no cell around it is fluid; move it")

    def tiles(self) -> np.ndarray:
        """Looks the cells up again; returns the indices of their tiles. A pass asks for its tiles when bodies have moved."""
        domain = self._simulation.domain
        cells, self.weights = stencil(domain, self._simulation.solids.open_cells(), self._points)
        self.tile, self.inner = np.divmod(cells, domain.cells_per_tile)
        return np.unique(self.tile)


class _ProbeSampler(Sampler):
    def __init__(self, simulation: Simulation, points: np.ndarray):
        domain, size = simulation.domain, 1 + simulation.lattice.dimension
        self._cells = _CellsAround(simulation, points)
        self._moments = MomentsPass(simulation, self._cells.tiles)
        places = np.stack([self._cells.tile, self._cells.inner], axis=-1).reshape(-1, 2)
        self._shape, self._device = (*self._cells.tile.shape, size), domain.device
        self._places = wp.array(places, dtype=wp.vec2i, device=domain.device)
        self._found = wp.empty((len(places), size), dtype=simulation.precision, device=domain.device)

    def take(self):
        kernel, outputs = _gather_kernel(self._found.dtype), [self._found]
        with self._moments.taken() as moments:
            inputs = [self._places, moments]
            wp.launch(kernel, self._found.shape, inputs=inputs, outputs=outputs, device=self._device, record_tape=False)
        near = self._found.numpy().reshape(self._shape).astype(np.float64)
        near[..., 0] = CS2 * (near[..., 0] - 1.0)
        near[self._cells.weights == 0.0] = 0.0  # Values inside solids are arbitrary.
        return tuple(np.einsum("kc,kcv->kv", self._cells.weights, near).ravel().tolist())


def stencil(domain: Domain, counts: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells around points (k, d) [m] and their trilinear weights, each (k, 2^d); the weight of cells outside `counts` is 0.

    Cells have the index tile x cells_per_tile + cell, 0 outside the domain. The weights of a point without any counted cell are
    NaN. Raises ValueError for points of another shape, or that are not finite.
    """
    d = domain.dimension
    if points.ndim != 2 or points.shape[1] != d or not np.isfinite(points).all():
        raise ValueError(f"points have the shape {points.shape}, but must be finite values of shape (k, {d}) [m]")
    place = (points - np.asarray(domain.origin[:d])) / domain.voxel_size - 0.5
    low = np.floor(place + 1e-9).astype(np.int64)  # A point at a centre, up to rounding, needs no cell before it.
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

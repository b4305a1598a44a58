"""Residual: change of the velocity between samples."""

from dataclasses import dataclass
from functools import cache
from math import nan, sqrt

import numpy as np
import warp as wp

from ...files.restarts import Resumable
from ...grid.memory import put_tiles, tile_array, tile_view
from ...layout import EDGE
from ...layout.warp_functions import cell_of_row
from ...solver import Simulation
from .moments_pass import MomentsPass, solid_or_none
from .monitor import Monitor, Sampler
from .schedule import Schedule


@dataclass(frozen=True)
class Residual(Monitor):
    """max |u - u'| / max |u| and ||u - u'||_2 / ||u||_2, with u' of the previous sample: columns `max` and `l2`.

    Computed over fluid cells that are not wholly solid; NaN for the first sample. Stores one copy of the velocity.
    """

    every: Schedule

    def columns(self, simulation):
        return ("max", "l2")

    def bind(self, simulation):
        return _ResidualSampler(simulation)


class _ResidualSampler(Sampler, Resumable):
    def __init__(self, simulation: Simulation):
        domain = simulation.domain
        self._simulation = simulation
        self._moments = MomentsPass(simulation)
        self._size = 1 + domain.dimension
        self._before = tile_array(domain, self._size, simulation.precision)
        self._rows = domain.tile_count * domain.cells_per_tile // EDGE
        self._found = wp.zeros((4, self._rows), dtype=wp.float64, device=domain.device)
        self._started = False

    def saved(self):
        return {"started": self._started, "before": tile_view(self._simulation.domain, self._before, self._size)}

    def restore(self, state):
        self._started = state["started"]
        put_tiles(state["before"], self._before)

    def take(self):
        simulation = self._simulation
        known, self._started = self._started, True
        with self._moments.taken() as now:
            if known:
                wp.launch(
                    _change_kernel(simulation.precision), self._rows,
                    inputs=[simulation.domain.cells_per_tile, self._size, now, self._before, solid_or_none(simulation)],
                    outputs=[self._found], device=simulation.domain.device, record_tape=False,
                )
            wp.copy(self._before, now)
        if not known:
            return (nan, nan)
        found = self._found.numpy()
        largest, sums = found[:2].max(axis=1), found[2:].sum(axis=1)
        if not np.isfinite(sums).all():  # The maximum of numbers and NaN would be one of the numbers.
            return (nan, nan)
        return tuple(sqrt(change / max(whole, 1e-300)) for change, whole in (largest, sums))


@cache
def _change_kernel(precision: type) -> wp.Kernel:
    floats, blocks = wp.array(dtype=precision), wp.array3d(dtype=precision)

    @wp.kernel(enable_backward=False, module="unique")
    def change_of_velocity(
        cells: int, size: int, now: blocks, before: blocks, solid: floats, found: wp.array2d(dtype=wp.float64)
    ):
        """Largest and summed squares of u - u' and of u, one row of 8 cells per thread."""
        row = wp.tid()
        rows = cells // EDGE
        tile = row // rows
        largest_change = wp.float64(0.0)
        largest = wp.float64(0.0)
        change = wp.float64(0.0)
        whole = wp.float64(0.0)
        for c in range(EDGE):
            cell = cell_of_row(row % rows, c)
            counts = wp.bool(True)
            if solid.shape[0] > 0:
                counts = solid[tile * cells + cell] < precision(1.0)
            if counts:
                d2 = wp.float64(0.0)
                u2 = wp.float64(0.0)
                for k in range(1, size):
                    u = wp.float64(now[tile, k, cell])
                    d = u - wp.float64(before[tile, k, cell])
                    u2 += u * u
                    d2 += d * d
                largest_change = wp.max(largest_change, d2)
                largest = wp.max(largest, u2)
                change += d2
                whole += u2
        found[0, row] = largest_change
        found[1, row] = largest
        found[2, row] = change
        found[3, row] = whole

    return change_of_velocity

"""Change of the velocity field, as mean values over tiles."""

from collections import deque
from dataclasses import dataclass
from functools import cache

import numpy as np
import warp as wp

from ...files.restarts import Resumable
from ...layout import EDGE
from ...observe.monitor.moments_pass import MomentsPass, solid_or_none
from ...solver import Simulation


@dataclass(frozen=True)
class FieldChange:
    """Where the velocity changes most."""

    share: float
    """Largest change of the mean velocity of a tile (8 cells wide) over an interval, relative to the largest such velocity."""
    at: tuple[float, ...]
    """Centre of this tile [m, or cells in lattice units]."""


class FieldHistory(Resumable):
    """Mean velocities of all tiles at recent instants."""

    def __init__(self, simulation: Simulation):
        self._simulation, self._moments = simulation, MomentsPass(simulation)
        domain = simulation.domain
        self._found = wp.zeros((domain.tile_count, domain.dimension), dtype=wp.float64, device=domain.device)
        self._recent: deque[tuple[int, np.ndarray]] = deque(maxlen=8)

    def add(self) -> None:
        """Records the present state."""
        simulation, domain = self._simulation, self._simulation.domain
        with self._moments.taken() as moments:
            wp.launch(
                _mean_kernel(simulation.precision), domain.tile_count * domain.dimension,
                inputs=[domain.dimension, domain.cells_per_tile, moments, solid_or_none(simulation)], outputs=[self._found],
                device=domain.device, record_tape=False,
            )
        self._recent.append((simulation.steps, self._found.numpy().copy()))

    def saved(self):
        return {"recent": list(self._recent)}

    def restore(self, state):
        self._recent.extend((step, field) for step, field in state["recent"])

    def change(self, since: int) -> FieldChange:
        """Largest difference between the last field and those recorded from a step on; infinite if none was."""
        (step, last), domain = self._recent[-1], self._simulation.domain
        d = domain.dimension
        before = [field for at, field in self._recent if since <= at < step]
        if not before:
            return FieldChange(float("inf"), (float("nan"),) * d)
        changes = np.max([np.linalg.norm(last - field, axis=1) for field in before], axis=0)
        tile = int(np.argmax(changes))
        centre = np.asarray(domain.origin[:d]) + (domain.first_cells[tile, :d] + 0.5 * EDGE) * domain.voxel_size
        largest = max(float(np.linalg.norm(last, axis=1).max()), 1e-300)
        return FieldChange(float(changes[tile]) / largest, tuple(float(x) for x in centre))


@cache
def _mean_kernel(precision: type) -> wp.Kernel:
    floats, blocks = wp.array(dtype=precision), wp.array3d(dtype=precision)

    @wp.kernel(enable_backward=False, module="unique")
    def mean_velocity(dimension: int, cells: int, moments: blocks, solid: floats, found: wp.array2d(dtype=wp.float64)):
        """Mean of one component of u over the cells of a tile that are not wholly solid."""
        tile = wp.tid() // dimension
        k = wp.tid() % dimension
        total = wp.float64(0.0)
        for cell in range(cells):
            counts = wp.bool(True)
            if solid.shape[0] > 0:
                counts = solid[tile * cells + cell] < precision(1.0)
            if counts:
                total += wp.float64(moments[tile, 1 + k, cell])
        found[tile, k] = total / wp.float64(cells)

    return mean_velocity

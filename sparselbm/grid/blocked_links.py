"""Bit masks of the blocked links of each cell."""

from functools import cache

import numpy as np
import warp as wp

from ..lattice import Lattice
from ..layout import TileLayout
from ..layout.warp_functions import cell_beside, inner_coordinates
from .domain import Domain


def blocked_links(domain: Domain, lattice: Lattice, is_fluid: np.ndarray | None = None) -> wp.array:
    """Returns one 32-bit mask per cell, flat (n cells,) uint32: bit q is set if x - c_q is not fluid, bit 0 if x is not.

    `is_fluid`: mask (n, cells), by default the domain's own. A ghost cell counts as fluid for its neighbours where the cell that
    it stands for is fluid; its own word has bit 0 set.
    """
    cells, count = domain.cells_per_tile, domain.tile_count * domain.cells_per_tile
    own = (domain.fluid if is_fluid is None else is_fluid).astype(np.uint8)
    fluid = np.zeros(count + cells, dtype=np.uint8)  # The sentinel tile is not fluid.
    fluid[:count] = (2 * domain.with_ghosts(own) - own).reshape(-1)  # 2 in ghost cells: fluid to their neighbours alone.
    inner = [TileLayout(domain.dimension).inner(c) for c in lattice.velocities]
    words = wp.zeros(count, dtype=wp.uint32, device=domain.device)
    wp.launch(
        _link_kernel(),
        dim=count,
        inputs=[
            domain.neighbours,
            wp.array(fluid, dtype=wp.uint8, device=domain.device),
            wp.array(inner, dtype=wp.vec3i, device=domain.device),
            cells,
        ],
        outputs=[words],
        device=domain.device,
    )
    return words


@cache
def _link_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def blocked_links(
        neighbours: wp.array(dtype=wp.int32), fluid: wp.array(dtype=wp.uint8), velocities: wp.array(dtype=wp.vec3i),
        cells: int, words: wp.array(dtype=wp.uint32),
    ):
        thread = wp.tid()
        tile = thread // cells
        inner = inner_coordinates(thread % cells)
        word = wp.uint32(0)
        if fluid[thread] != wp.uint8(1):
            word = wp.uint32(1)
        for q in range(1, velocities.shape[0]):
            upstream = cell_beside(neighbours, tile, inner - velocities[q])
            if fluid[upstream[0] * cells + upstream[1]] == wp.uint8(0):
                word = word | (wp.uint32(1) << wp.uint32(q))
        words[thread] = word

    return blocked_links

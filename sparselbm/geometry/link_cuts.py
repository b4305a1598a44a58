"""Where the links between cells cut a surface."""

import functools
from collections.abc import Sequence

import numpy as np
import warp as wp

from .distance import SurfaceQuery

BEYOND = wp.constant(1.0e-4)
"""Part of a link by which its ray is longer at both ends: it then meets a surface that goes through a cell's centre."""


def link_cuts(
    query: SurfaceQuery, *, tiles: np.ndarray, first_cells: np.ndarray, velocities: Sequence[Sequence[int]],
    dimension: int, voxel_size: float, origin: Sequence[float],
) -> wp.array:  # fmt: skip
    """For every cell of some tiles and every q the share of the link along -c_q up to the surface, 0 where it cuts none.

    `first_cells`: index of the first cell of each of the `tiles`, (k, 3). Flat `[k][Q][cell]` fp32. A ray is cast from each
    centre; the first face that it meets counts. In two dimensions the rays lie in the plane of the cells' centres.
    """
    cells, Q = 8**dimension, len(velocities)
    padded = np.zeros((Q, 3), dtype=np.int32)
    padded[:, :dimension] = velocities
    cuts = wp.zeros(len(tiles) * Q * cells, dtype=wp.float32, device=query.device)
    wp.launch(
        _cut_kernel(), len(tiles) * cells,
        inputs=[
            query.id, wp.array(first_cells, dtype=wp.vec3i, device=query.device),
            wp.array(padded, dtype=wp.vec3i, device=query.device), cells, float(voxel_size),
            wp.vec3d(*(np.asarray(origin, dtype=np.float64) - query.centre)),
        ],
        outputs=[cuts], device=query.device, record_tape=False,
    )  # fmt: skip
    return cuts


@functools.cache
def _cut_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def cut_links(
        mesh: wp.uint64, first_cells: wp.array(dtype=wp.vec3i), velocities: wp.array(dtype=wp.vec3i), cells: int,
        voxel_size: float, origin: wp.vec3d, cuts: wp.array(dtype=wp.float32),
    ):  # fmt: skip
        thread = wp.tid()
        tile = thread // cells
        cell = thread % cells
        inner = wp.vec3i(cell >> 6, (cell >> 3) & 7, cell & 7)
        if cells == 64:
            inner = wp.vec3i((cell >> 3) & 7, cell & 7, 0)
        place = first_cells[tile] + inner
        h = wp.float64(voxel_size)
        half = wp.float64(0.5)
        x = wp.vec3f(
            wp.float32(origin[0] + (wp.float64(place[0]) + half) * h),
            wp.float32(origin[1] + (wp.float64(place[1]) + half) * h),
            wp.float32(origin[2] + (wp.float64(place[2]) + half) * h),
        )
        for q in range(1, velocities.shape[0]):
            c = velocities[q]
            link = wp.vec3f(-wp.float32(c[0]), -wp.float32(c[1]), -wp.float32(c[2])) * voxel_size
            reach = wp.length(link)
            hit = wp.mesh_query_ray(mesh, x - BEYOND * link, link / reach, (1.0 + 2.0 * BEYOND) * reach)
            if hit.result:
                share = hit.t / reach - BEYOND
                cuts[(tile * velocities.shape[0] + q) * cells + cell] = wp.clamp(share, 1.0e-6, 1.0)

    return cut_links

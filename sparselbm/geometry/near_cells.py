"""Classification of cells near a surface and their closest faces, without gradient."""

import functools

import numpy as np
import warp as wp

from ..layout import EDGE, TileLayout
from ..layout.warp_functions import cell_of_row, cells_per_tile
from .distance import FAR, SurfaceQuery
from .grid import CellGrid, cell_centre, cell_index, tile_centre

OUTSIDE, INSIDE = -1, -2
"""Marks of cells away from the surface; near it the mark is 2 * (closest face) + (1 if the centre is inside)."""


def mark_cells(query: SurfaceQuery, grid: CellGrid, tile_ids: wp.array, tile_coords: wp.array, band: float) -> wp.array:
    """Marks every cell of the tiles: `OUTSIDE`, `INSIDE`, or its closest face and side if that is within
    `band` [m].

    One thread handles a row of 8 cells. A ball around a point with its distance as radius contains no surface, so the next
    cells within it and outside `band` need no query. Two points whose balls touch are on the same side of a closed
    surface, so the expensive winding number is computed only next to the surface. The sides of an open surface may
    change without crossing it; there the winding number of each cell is computed.

    Returns:
        Marks, int32, shape (len(tile_ids) * cells per tile,), in the order of `tile_ids`.
    """
    device, tiles = query.device, tile_ids.shape[0]
    cells = TileLayout(grid.dimension).cells
    local = CellGrid()
    local.origin = wp.vec3d(*(np.array(grid.origin) - query.centre))
    local.voxel_size, local.dimension = grid.voxel_size, grid.dimension
    reach = wp.empty(tiles, dtype=wp.float32, device=device)
    marks = wp.empty(tiles * cells, dtype=wp.int32, device=device)
    topology = [query.id, local, tile_ids, tile_coords]
    wp.launch(_reach_kernel(), tiles, topology, [reach], device=device, record_tape=False)
    constants = [wp.float32(band), query.closed]
    wp.launch(
        _mark_kernel(),
        (tiles, cells // EDGE),
        topology + constants + [reach],
        [marks],
        device=device,
        record_tape=False,
    )
    return marks


@functools.cache
def _reach_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def measure_reach(
        mesh: wp.uint64,
        grid: CellGrid,
        tile_ids: wp.array(dtype=wp.int32),
        tile_coords: wp.array(dtype=wp.vec3i),
        reach: wp.array(dtype=wp.float32),
    ):
        """Computes the signed distance of the centre of each tile."""
        m = wp.tid()
        x = wp.vec3f(tile_centre(grid, tile_coords[tile_ids[m]]))
        found = wp.mesh_query_point_sign_winding_number(mesh, x, FAR)
        reach[m] = found.sign * wp.length(wp.mesh_eval_position(mesh, found.face, found.u, found.v) - x)

    return measure_reach


@functools.cache
def _mark_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique", module_options={"max_unroll": 0})
    def mark(
        mesh: wp.uint64,
        grid: CellGrid,
        tile_ids: wp.array(dtype=wp.int32),
        tile_coords: wp.array(dtype=wp.vec3i),
        band: wp.float32,
        closed: wp.bool,
        reach: wp.array(dtype=wp.float32),
        marks: wp.array(dtype=wp.int32),
    ):
        m, row = wp.tid()
        tile = tile_coords[tile_ids[m]]
        middle = wp.vec3f(tile_centre(grid, tile))
        h = wp.float32(grid.voxel_size)
        inside = reach[m] < 0.0
        ball = wp.float32(-FAR)  # remaining radius, at this cell, of the last ball without surface
        bound = wp.float32(FAR)  # upper bound of the distance
        for k in range(EDGE):
            n = cell_of_row(row, k)
            x = wp.vec3f(cell_centre(grid, cell_index(grid, tile, n)))
            away = wp.length(x - middle)
            in_tile_ball = wp.abs(reach[m]) - away
            inside = wp.where(in_tile_ball > ball - h, reach[m] < 0.0, inside)
            ball = wp.max(ball - h, in_tile_ball)
            bound = wp.min(bound + h, wp.abs(reach[m]) + away)
            face = wp.int32(-1)
            if not closed or ball <= band:
                found = wp.mesh_query_point_no_sign(mesh, x, 1.001 * bound + 0.001 * h)
                distance = wp.length(wp.mesh_eval_position(mesh, found.face, found.u, found.v) - x)
                if not closed or ball + distance < 0.01 * h:
                    signed = wp.mesh_query_point_sign_winding_number(mesh, x, 1.001 * distance + 0.001 * h)
                    inside = signed.sign < 0.0
                ball = distance
                bound = distance
                face = wp.where(distance <= band, found.face, -1)
            side = wp.where(inside, 1, 0)
            marks[m * cells_per_tile(grid.dimension) + n] = wp.where(face >= 0, 2 * face + side, -1 - side)

    return mark

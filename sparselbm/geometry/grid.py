"""Positions of the cells of tiles, for the kernels of this room."""

import warp as wp

from ..layout.warp_functions import cell_offset, cells_per_tile, first_cell


@wp.struct
class CellGrid:
    """Grid of cells in tiles of 8^dimension."""

    origin: wp.vec3d
    """Lower corner of cell (0, 0, 0) [m]."""
    voxel_size: wp.float64
    """Side of a cell [m]."""
    dimension: wp.int32
    """Number of dimensions: 3, or 2 with a single layer of cells at z index 0."""


@wp.func
def cell_index(grid: CellGrid, tile: wp.vec3i, n: wp.int32):
    """Index of the cell number n of a tile along x, y, z; 0 along z in 2D."""
    return first_cell(tile) + cell_offset(n, grid.dimension)


@wp.func
def cell_centre(grid: CellGrid, index: wp.vec3i):
    """Centre of a cell [m], origin + (index + 1/2) h, in fp64."""
    half = wp.float64(0.5)
    offset = wp.vec3d(wp.float64(index[0]) + half, wp.float64(index[1]) + half, wp.float64(index[2]) + half)
    return grid.origin + grid.voxel_size * offset


@wp.func
def tile_centre(grid: CellGrid, tile: wp.vec3i):
    """Centre of a tile [m], halfway between the centres of its first and its last cell."""
    first = cell_centre(grid, cell_index(grid, tile, 0))
    last = cell_centre(grid, cell_index(grid, tile, cells_per_tile(grid.dimension) - 1))
    return wp.float64(0.5) * (first + last)

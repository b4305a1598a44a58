"""Positions of the cells of tiles, for the kernels of this folder."""

import warp as wp


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
def cells_per_tile(grid: CellGrid):
    """Number of cells per tile: 512 in 3D, 64 in 2D."""
    return wp.where(grid.dimension == 3, 512, 64)


@wp.func
def cell_index(grid: CellGrid, tile: wp.vec3i, n: wp.int32):
    """Index coordinate of cell n of a tile: n = x << 6 | y << 3 | z in 3D, x << 3 | y in 2D."""
    solid = wp.vec3i(8 * tile[0] + (n >> 6), 8 * tile[1] + ((n >> 3) & 7), 8 * tile[2] + (n & 7))
    flat = wp.vec3i(8 * tile[0] + (n >> 3), 8 * tile[1] + (n & 7), 0)
    return wp.where(grid.dimension == 3, solid, flat)


@wp.func
def cell_centre(grid: CellGrid, index: wp.vec3i):
    """Centre of a cell [m], origin + (index + 1/2) h, in fp64."""
    half = wp.float64(0.5)
    offset = wp.vec3d(wp.float64(index[0]) + half, wp.float64(index[1]) + half, wp.float64(index[2]) + half)
    return grid.origin + grid.voxel_size * offset


@wp.func
def tile_centre(grid: CellGrid, tile: wp.vec3i):
    """Centre of a tile [m]."""
    half = wp.float64(4.0) * grid.voxel_size
    depth = wp.where(grid.dimension == 3, half, wp.float64(0.5) * grid.voxel_size)
    corner = grid.voxel_size * wp.vec3d(wp.float64(8 * tile[0]), wp.float64(8 * tile[1]), wp.float64(8 * tile[2]))
    layer = wp.where(grid.dimension == 3, corner[2], wp.float64(0.0))
    return grid.origin + wp.vec3d(corner[0] + half, corner[1] + half, layer + depth)

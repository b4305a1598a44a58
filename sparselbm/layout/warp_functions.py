"""Layout of a tile for Warp kernels: see `tile_layout`. `kernels.warp_source` prints the source of some of them into its text."""

import warp as wp


@wp.func
def cells_per_tile(dimension: wp.int32):
    """Number of cells per tile: 512, or 64 in two dimensions."""
    return wp.where(dimension == 3, 512, 64)


@wp.func
def cell_of_row(row: wp.int32, k: wp.int32):
    """Number in its tile of the k-th of the 8 cells of a row; rows lie along the last axis, z, or y in two dimensions."""
    return 8 * row + k


@wp.func
def inner_coordinates(cell: wp.int32):
    """Inner coordinates (a, b, c) of a cell of a tile, from its number; a = 0 in two dimensions."""
    return wp.vec3i(cell >> 6, (cell >> 3) & 7, cell & 7)


@wp.func
def first_cell(tile: wp.vec3i):
    """Index of the first cell of a tile along x, y, z, from the tile's coordinates."""
    return 8 * tile


@wp.func
def cell_offset(cell: wp.int32, dimension: wp.int32):
    """Offset of a cell from the first cell of its tile along x, y, z; z = 0 in two dimensions."""
    inner = inner_coordinates(cell)
    return wp.where(dimension == 3, inner, wp.vec3i(inner[1], inner[2], 0))


@wp.func
def cell_beside(neighbours: wp.array(dtype=wp.int32), tile: wp.int32, inner: wp.vec3i):
    """Tile, and number in it, of the cell with these inner coordinates, counted from `tile`; they may reach 8 cells beyond it."""
    other = neighbours[27 * tile + 13 + 9 * (inner[0] >> 3) + 3 * (inner[1] >> 3) + (inner[2] >> 3)]
    return wp.vec2i(other, (8 * (inner[0] & 7) + (inner[1] & 7)) * 8 + (inner[2] & 7))


@wp.func
def cell_index(coordinates: wp.array(dtype=wp.int32), tile: wp.int32, axis: wp.int32, inner: wp.int32):
    """Index of a cell along an axis of the domain, from its inner coordinate along that axis."""
    return 8 * coordinates[3 * tile + axis] + inner


@wp.func
def neighbour_step(neighbour: wp.int32, dimension: wp.int32):
    """Step along x, y, z from a tile to one of its 27 neighbours, from its number; out of the plane, z, in two dimensions."""
    inner = wp.vec3i(neighbour // 9 - 1, (neighbour // 3) % 3 - 1, neighbour % 3 - 1)
    return wp.where(dimension == 3, inner, wp.vec3i(inner[1], inner[2], inner[0]))


@wp.func
def tile_of_voxel(index: wp.int32):
    """Number of the tile of a voxel, from the voxel's index in the volume."""
    return index // 512

"""Index of a neighbouring cell in memory, for Warp kernels."""

import warp as wp


@wp.func
def cell_beside(neighbours: wp.array(dtype=wp.int32), cells: int, tile: int, a: int, b: int, c: int) -> int:
    """Index of a cell of a tile, or of an adjacent tile, from its coordinates within the tile along x, y, z.

    `cells`: cells per tile, 512, or 64 in two dimensions, where the axes are y and z.
    """
    plane = a >> 3
    if cells == 64:
        plane = 0
    other = neighbours[27 * tile + 13 + 9 * plane + 3 * (b >> 3) + (c >> 3)]
    return other * cells + 64 * (a & 7) * (cells // 512) + 8 * (b & 7) + (c & 7)

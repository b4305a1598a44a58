"""Where a cell beside another lies in memory, for Warp kernels."""

import warp as wp


@wp.func
def cell_beside(neighbours: wp.array(dtype=wp.int32), cells: int, tile: int, a: int, b: int, c: int) -> int:
    """The number of a cell of a tile, or of one next to it, from its inner place along x, y, z.

    `cells`: 512, or 64 in two dimensions, whose axes are y and z.
    """
    plane = a >> 3
    if cells == 64:
        plane = 0
    other = neighbours[27 * tile + 13 + 9 * plane + 3 * (b >> 3) + (c >> 3)]
    return other * cells + 64 * (a & 7) * (cells // 512) + 8 * (b & 7) + (c & 7)

"""Tile values as arrays over boxes of tiles."""

from collections.abc import Iterator

import numpy as np

from ...files.grid import TILE_EDGE, TileGrid
from ...files.tile_lookup import TileLookup


def box_values(grid: TileGrid, boxes: np.ndarray) -> Iterator[np.ndarray]:
    """Yields the values in each box (2, 3) of tiles, (nx, ny, nz[, 3]) float32; NaN for inactive voxels and missing tiles."""
    lookup, tail = TileLookup.of(grid.tiles), grid.values.shape[2:]
    shown = grid.mask if grid.components == 1 else grid.mask[..., None]
    for low, high in boxes:
        extent = high - low
        places = np.moveaxis(np.indices(extent), 0, -1).reshape(-1, 3)
        tiles = lookup.find(low + places)
        block = np.full((*(extent * TILE_EDGE), *tail), np.nan, np.float32)
        # Axes [tile x, cell x, tile y, cell y, tile z, cell z], as a view.
        cells = block.reshape(*(n for extent_k in extent for n in (extent_k, TILE_EDGE)), *tail)
        for (x, y, z), tile in zip(places[tiles >= 0], tiles[tiles >= 0]):
            values = np.where(shown[tile], grid.values[tile], np.float32(np.nan))
            cells[x, :, y, :, z] = values.reshape(TILE_EDGE, TILE_EDGE, TILE_EDGE, *tail)
        yield block


def corner(grid: TileGrid) -> np.ndarray:
    """Lower corner of voxel (0, 0, 0) [m], (3,): the origin of VTK images, whereas grids begin at its centre."""
    return np.asarray(grid.origin) - 0.5 * grid.voxel_size

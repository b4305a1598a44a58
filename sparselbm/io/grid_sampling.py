"""Values of a grid at points in space, by NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from .grid import TILE_EDGE, TILE_VOXELS, TileGrid

POINTS_AT_ONCE = 1 << 18
ROUNDING = 1e-6
"""[voxels] A point nearer than this to a voxel's centre is the centre: rounding must not draw in its neighbours."""


def sample_grid(grid: TileGrid, points: np.ndarray) -> np.ndarray:
    """The grid at points (k, 3) [m], shape (k,) or (k, 3), float32; NaN where no active voxel is near.

    The mean of the active ones among the eight voxels around a point by their trilinear weights w, sum w v / sum w: at the
    centre of an active voxel its own value, and between active voxels exact for fields that are linear in space.
    """
    lookup = _Lookup.of(grid.tiles)
    result = np.empty((len(points), grid.components), np.float32)
    for start in range(0, len(points), POINTS_AT_ONCE):
        some = slice(start, start + POINTS_AT_ONCE)
        result[some] = _sampled(grid, lookup, (np.asarray(points[some], float) - grid.origin) / grid.voxel_size)
    return result if grid.components == 3 else result[:, 0]


def _sampled(grid: TileGrid, lookup: _Lookup, places: np.ndarray) -> np.ndarray:
    """Values at places [voxels], (k, components)."""
    values, active = grid.values.reshape(-1, grid.components), grid.mask.reshape(-1)
    places = np.where(np.abs(places - np.rint(places)) < ROUNDING, np.rint(places), places)
    low = np.floor(places)
    share, low = places - low, low.astype(np.int64)
    total, weights = np.zeros((len(places), grid.components)), np.zeros((len(places), 1))
    for corner in product((0, 1), repeat=3):
        voxel = lookup.voxels(low + corner)
        weight = np.prod(np.where(corner, share, 1.0 - share), axis=1)
        weight = np.where((voxel >= 0) & active[voxel], weight, 0.0)[:, None]
        total += weight * np.where(weight > 0.0, values[voxel], 0.0)  # What is not active need not be finite.
        weights += weight
    return np.divide(total, weights, out=np.full_like(total, np.nan), where=weights > 0.0)


@dataclass(frozen=True, eq=False)
class _Lookup:
    """Finds tiles by their coordinates."""

    low: np.ndarray
    """Least coordinates of the tiles, (3,)."""
    extent: np.ndarray
    """Tiles along each axis of the box around them, (3,)."""
    order: np.ndarray
    keys: np.ndarray
    """A number a tile, in ascending order, and whose it is."""

    @classmethod
    def of(cls, tiles: np.ndarray) -> _Lookup:
        low = tiles.min(axis=0).astype(np.int64)
        extent = tiles.max(axis=0) - low + 1
        keys = np.ravel_multi_index(tuple((tiles - low).T), tuple(extent))
        order = np.argsort(keys)
        return cls(low, extent, order, keys[order])

    def voxels(self, index: np.ndarray) -> np.ndarray:
        """Where the values of voxels (k, 3) stand among all values, (k,); -1 where there is no tile."""
        tile = index // TILE_EDGE - self.low
        inside = np.all((tile >= 0) & (tile < self.extent), axis=1)
        key = np.ravel_multi_index(tuple(np.where(inside[:, None], tile, 0).T), tuple(self.extent))
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        x, y, z = (index % TILE_EDGE).T
        found = inside & (self.keys[at] == key)
        return np.where(found, self.order[at] * TILE_VOXELS + (x << 6 | y << 3 | z), -1)

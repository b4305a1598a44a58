"""Interpolation of a grid at points in space, with NumPy only."""

from __future__ import annotations

from itertools import product

import numpy as np

from ..layout import TileLayout
from .grid import TILE_EDGE, TILE_VOXELS, TileGrid
from .tile_lookup import TileLookup

POINTS_AT_ONCE = 1 << 18
ROUNDING = 1e-6
"""Distance [voxels] below which a point counts as a voxel's centre, so that rounding does not involve neighbours."""


def sample_grid(grid: TileGrid, points: np.ndarray) -> np.ndarray:
    """Samples the grid at points (k, 3) [m], shape (k,) or (k, 3), float32; NaN where no active voxel is near.

    Weighted mean sum w v / sum w over the active voxels among the eight around a point, with trilinear weights w. It is
    exact at the centre of an active voxel, and between active voxels for fields that are linear in space.
    """
    lookup = TileLookup.of(grid.tiles)
    result = np.empty((len(points), grid.components), np.float32)
    for start in range(0, len(points), POINTS_AT_ONCE):
        some = slice(start, start + POINTS_AT_ONCE)
        result[some] = _sampled(grid, lookup, (np.asarray(points[some], float) - grid.origin) / grid.voxel_size)
    return result if grid.components == 3 else result[:, 0]


def _sampled(grid: TileGrid, lookup: TileLookup, places: np.ndarray) -> np.ndarray:
    """Values at positions [voxels], (k, components)."""
    values, active = grid.values.reshape(-1, grid.components), grid.mask.reshape(-1)
    places = np.where(np.abs(places - np.rint(places)) < ROUNDING, np.rint(places), places)
    low = np.floor(places)
    share, low = places - low, low.astype(np.int64)
    total, weights = np.zeros((len(places), grid.components)), np.zeros((len(places), 1))
    for corner in product((0, 1), repeat=3):
        index = low + corner
        tile = lookup.find(index // TILE_EDGE)
        voxel = tile * TILE_VOXELS + TileLayout(3).cell_of(index)
        weight = np.prod(np.where(corner, share, 1.0 - share), axis=1)
        weight = np.where((tile >= 0) & active[voxel], weight, 0.0)[:, None]
        total += weight * np.where(weight > 0.0, values[voxel], 0.0)  # Inactive values need not be finite.
        weights += weight
    return np.divide(total, weights, out=np.full_like(total, np.nan), where=weights > 0.0)

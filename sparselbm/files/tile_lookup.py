"""Lookup of tiles by coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class TileLookup:
    """Lookup of tiles by their coordinates."""

    low: np.ndarray
    """Smallest coordinates of the tiles, (3,)."""
    extent: np.ndarray
    """Number of tiles along each axis of their bounding box, (3,)."""
    keys: np.ndarray
    """One integer key per tile, (n,), ascending."""
    order: np.ndarray
    """Index of the tile of each key, (n,)."""

    @classmethod
    def of(cls, tiles: np.ndarray) -> TileLookup:
        """Builds the lookup for tiles (n, 3)."""
        low = tiles.min(axis=0).astype(np.int64)
        extent = tiles.max(axis=0) - low + 1
        keys = np.asarray(np.ravel_multi_index(tuple((tiles - low).T), tuple(extent)))
        order = np.argsort(keys)
        return cls(low, extent, keys[order], order)

    def find(self, coordinates: np.ndarray) -> np.ndarray:
        """Index of the tile at each of the coordinates (k, 3), (k,); -1 where there is none."""
        place = coordinates - self.low
        inside = np.all((place >= 0) & (place < self.extent), axis=1)
        key = np.ravel_multi_index(tuple(np.where(inside[:, None], place, 0).T), tuple(self.extent))
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where(inside & (self.keys[at] == key), self.order[at], -1)

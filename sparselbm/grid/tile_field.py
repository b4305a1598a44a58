"""Values that models have in each cell, stored only for the tiles that need them."""

from collections.abc import Mapping

import numpy as np
import warp as wp

from .domain import Domain
from .memory import aligned_array, put_tiles


class Fields:
    """Named fields on some tiles of a domain, `[slot][field][cell]`; slot 0 has zeros, for all other tiles."""

    def __init__(self, domain: Domain, values: Mapping[str, np.ndarray], precision: type, tiles: np.ndarray):
        """`values`: fields (n, cells) by name; `tiles`: tiles that have a slot even if all their values are 0, (n,) bool."""
        self._domain = domain
        self.names = tuple(values)
        present = tiles.copy()
        for array in values.values():
            present |= np.any(array != 0.0, axis=1)
        self.tiles = np.flatnonzero(present)
        """Indices of the tiles that have a slot."""
        self.slots = np.zeros(domain.tile_count, dtype=np.int32)
        self.slots[self.tiles] = 1 + np.arange(len(self.tiles))
        self._shape = (1 + len(self.tiles), len(self.names), domain.cells_per_tile)
        self.array = aligned_array(self._shape, precision, domain.device)
        self._host = np.zeros(self._shape, dtype=wp.dtype_to_numpy(precision))
        for name, array in values.items():
            self.put(name, array)
        self.upload()

    def put(self, name: str, values: np.ndarray) -> None:
        """Sets values (n, cells) in the tiles that have a slot; `upload` then copies them to the device."""
        self._host[1:, self.names.index(name)] = values[self.tiles]

    @property
    def dtype(self) -> np.dtype:
        """NumPy type of the values."""
        return self._host.dtype

    def upload(self) -> None:
        """Copies all values to the device."""
        put_tiles(self._host, self.array)

    def new_adjoint(self) -> wp.array:
        """Returns zeros of the same layout, for d J / d fields."""
        return aligned_array(self._shape, self.array.dtype, self._domain.device)

    def spread(self, array: wp.array, name: str) -> np.ndarray:
        """Returns one field of an array of this layout in all tiles, (n, cells) fp64; 0 in tiles without a slot."""
        result = np.zeros((self._domain.tile_count, self._domain.cells_per_tile))
        result[self.tiles] = array.numpy()[1:, self.names.index(name)]
        return result

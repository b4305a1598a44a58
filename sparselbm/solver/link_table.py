"""Links that are cut by walls: their distances and owners, while obstacles are added."""

import numpy as np

from ..kernels.cut_link import HALFWAY
from ..lattice import Lattice

_UNSEEN = 1.0
"""Distance of a wall that is found only from the other end of a link: any wall found from this end is nearer."""


class LinkTable:
    """Wall distance delta of each link in tiles with cut links, and the number of the obstacle that cuts the link first.

    The nearest surface counts, so that the order of the obstacles does not matter.
    """

    def __init__(self, lattice: Lattice, cells: int):
        self._opposites = lattice.opposites
        self._shape = (lattice.size, cells)
        self._shares: dict[int, np.ndarray] = {}
        self._distances: dict[int, np.ndarray] = {}
        self._owners: dict[int, np.ndarray] = {}
        self._resolved: dict[int, np.ndarray] = {}

    @property
    def tiles(self) -> list[int]:
        """Indices of the tiles with cut links, ascending."""
        return sorted(self._shares)

    def add(self, tile: int, number: int, hit: np.ndarray, shares: np.ndarray, *, resolved: bool) -> None:
        """Adds the links of an obstacle in a tile, where its surface is nearer than those of other obstacles.

        `hit`: bit q of each cell whose link along -c_q is cut, (cells,); `shares`: delta of the links for which the surface is
        found from this end, otherwise 0, (Q, cells); `resolved`: whether the wall acts at delta, or halfway.
        """
        if tile not in self._shares:
            self._shares[tile], self._owners[tile] = np.full(self._shape, 0.5), np.zeros(self._shape, dtype=np.int64)
            self._distances[tile], self._resolved[tile] = np.full(self._shape, np.inf), np.zeros(self._shape, dtype=bool)
        cut = (hit[None] >> np.arange(self._shape[0], dtype=np.uint32)[:, None]) & np.uint32(1) == 1
        found = shares > 0.0
        distance = np.where(found, shares, _UNSEEN)
        nearer = cut & (distance < self._distances[tile])
        self._distances[tile][nearer] = distance[nearer]
        self._owners[tile][nearer] = number
        self._resolved[tile][nearer] = (found & resolved)[nearer]
        beside = np.where(np.abs(shares - 0.5) < 2.0 * HALFWAY, 0.5 + 2.0 * HALFWAY, shares)
        self._shares[tile][nearer] = np.where(found & resolved, beside, 0.5)[nearer]

    def release(self, tile: int, crossing: np.ndarray) -> None:
        """Resets the links that cross an opening, bit q of each cell, to halfway and to no obstacle."""
        across = (crossing[None] >> np.arange(self._shape[0], dtype=np.uint32)[:, None]) & np.uint32(1) == 1
        self._shares[tile][across], self._owners[tile][across], self._resolved[tile][across] = 0.5, 0, False

    def packed(self, words: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """delta, owner and whether delta is resolved, (1 + tiles, Q, cells) each; the first slot is halfway and without owner.

        `words`: blocked links of all cells, (n, cells).
        """
        shape = (1 + len(self.tiles), *self._shape)
        shares, owners, resolved = np.full(shape, 0.5), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        for slot, tile in enumerate(self.tiles, start=1):
            shares[slot], owners[slot], resolved[slot] = self._shares[tile], self._owners[tile], self._resolved[tile]
            for q, p in enumerate(self._opposites):  # In a gap of one cell, only reflected populations arrive.
                narrow = ((words[tile] >> np.uint32(p)) & 1 == 1) & ((words[tile] >> np.uint32(q)) & 1 == 1)
                narrow &= shares[slot, q] < 0.5
                shares[slot, q][narrow], resolved[slot, q][narrow] = 0.5, False
        return shares, owners, resolved

"""Ghost cells: images of fluid cells beyond the ends of periodic axes that whole tiles do not fill.

The table of neighbouring tiles wraps a periodic axis after whole tiles. An axis whose number of cells n is not a multiple of 8
wraps after N > n + 1 cells, so that at least two layers of cells lie unused behind the last one. The first of them holds the
images of layer 0, and the last one, which the table places before layer 0, the images of layer n - 1:

    layer      0   1   ...   n - 1   n   ...   N - 1   (0 again)
    holds      0   1   ...   n - 1   0    -    n - 1

Where two or three such axes meet, edges and corners have images too. Ghost cells are not fluid, so that no kernel steps, sums or
counts them; links towards them are open where the cell that they stand for is fluid. A pass whose kernels pull values from
neighbouring cells runs within `GhostExchange.filled` (ghost_exchange.py). A streaming step and its adjoint are both gathers, so
that the same exchange serves both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import warp as wp

from ..layout import EDGE, TileLayout

Pull = tuple[int, tuple[int, int, int]]
"""A component of an array `[tile][component][cell]`, and an offset along the inner axes of a tile from which it is pulled."""


def tiles_around(cells: int) -> int:
    """Number of tiles after which a periodic axis wraps; with room for two layers of ghost cells where tiles do not fill it."""
    return -(-(cells + 2 * (cells % EDGE > 0)) // EDGE)


def seams(shape: Sequence[int], periodic: Sequence[bool]) -> list[int]:
    """The periodic axes whose length is not a multiple of 8 cells."""
    return [axis for axis, (n, wraps) in enumerate(zip(shape, periodic, strict=True)) if wraps and n % EDGE]


@dataclass(frozen=True, eq=False)
class Images:
    """Cells that have images beyond the ends of the box, and where these lie."""

    sources: np.ndarray
    """Tile and cell of each fluid cell that has an image, (g, 2)."""
    indices: np.ndarray
    """Index (i, j[, k]) of the cell that holds the image, (g, dimension)."""
    directions: np.ndarray
    """Along each axis 1 for an image beyond the upper end, -1 for one beyond the lower end, else 0, (g, dimension)."""

    @classmethod
    def of(cls, shape: Sequence[int], axes: Sequence[int], index: np.ndarray, fluid: np.ndarray) -> "Images":
        """Images across the seams `axes` of a box: `index` (n, cells, dimension) and mask `fluid` (n, cells) of its cells."""
        d = len(shape)
        sources, indices, directions = ([np.empty((0, size), dtype=np.int64)] for size in (2, d, d))
        for direction in product(*((-1, 0, 1) if axis in axes else (0,) for axis in range(d))):
            if not any(direction):
                continue
            crossed = np.flatnonzero(direction)
            upper = np.asarray(direction)[crossed] > 0
            last = np.asarray(shape)[crossed] - 1
            here = fluid & np.all(index[..., crossed] == np.where(upper, 0, last), axis=-1)
            image = index[here]
            image[:, crossed] = np.where(upper, last + 1, [EDGE * tiles_around(shape[axis]) - 1 for axis in crossed.tolist()])
            sources.append(np.argwhere(here))
            indices.append(image)
            directions.append(np.tile(np.asarray(direction), (len(image), 1)))
        return cls(*(np.concatenate(parts) for parts in (sources, indices, directions)))

    @property
    def beyond(self) -> np.ndarray:
        """Index of the cell beyond the box for which each image stands, (g, dimension): -1 and n are next to the box."""
        return np.where(self.directions < 0, -1, self.indices)

    @property
    def tiles(self) -> np.ndarray:
        """Coordinates of the tiles that hold the images, (g, 3) int32; two-dimensional tiles lie at 0 along the third axis."""
        tiles = self.indices // EDGE
        return np.pad(tiles, [(0, 0), (0, 3 - tiles.shape[1])]).astype(np.int32)

    @property
    def cells(self) -> np.ndarray:
        """Number in its tile of the cell that holds each image, (g,)."""
        return TileLayout(self.indices.shape[1]).cell_of(self.indices)


@dataclass(frozen=True, eq=False)
class GhostCells:
    """The ghost cells of a domain, and the fluid cells whose values they take."""

    cells: np.ndarray
    """Tile and cell of each ghost cell, (g, 2) int32."""
    sources: np.ndarray
    """Tile and cell of the fluid cell that each stands for, (g, 2) int32."""
    beyond: np.ndarray
    """Index of the cell beyond the box for which each stands, (g, dimension): -1 and n are next to the box."""
    shape: tuple[int, ...]
    """Number of cells n of the box along each axis."""
    periodic: tuple[bool, ...]
    """Whether each axis is periodic."""
    device: wp.Device

    @cached_property
    def on_device(self) -> tuple[wp.array, wp.array]:
        """`cells` and `sources` on the device."""
        cells, sources = (wp.array(x, dtype=wp.vec2i, device=self.device) for x in (self.cells, self.sources))
        return cells, sources

    def spread(self, values: np.ndarray) -> np.ndarray:
        """A copy of a field (n, cells, ...) in which ghost cells have the values of the cells that they stand for."""
        result = values.copy()
        result[tuple(self.cells.T)] = values[tuple(self.sources.T)]
        return result

    @cached_property
    def _plans(self) -> dict[frozenset, tuple[wp.array, wp.array]]:
        return {}

    def plan(self, pulls: frozenset[Pull]) -> tuple[wp.array, wp.array]:
        """Number of the ghost cell, and component, of each value that a kernel with these pulls needs, on the device.

        No other value is exchanged: of the populations of a D3Q19 lattice, five cross a side of the box. Each is pulled by one
        cell of the box, so that a kernel that pushes values back writes each once.
        """
        if pulls not in self._plans:
            which, components = [], []
            for component in sorted({component for component, _ in pulls}):
                reached = [self._pulled(offset) for k, offset in pulls if k == component]
                which.append(np.flatnonzero(np.any(reached, axis=0)))
                components.append(np.full(len(which[-1]), component))
            each = (wp.array(np.concatenate(x), dtype=wp.int32, device=self.device) for x in (which, components))
            self._plans[pulls] = next(each), next(each)
        return self._plans[pulls]

    def _pulled(self, offset: Sequence[int]) -> np.ndarray:
        """Mask of the ghost cells into which a pull from this offset along the inner axes leads from a cell of the box, (g,)."""
        reader = self.beyond - np.asarray(offset)[3 - len(self.shape) :]
        wraps = np.asarray(self.periodic) & (np.mod(self.shape, EDGE) == 0)  # Along an axis of whole tiles.
        return np.all(wraps | ((reader >= 0) & (reader < self.shape)), axis=1)

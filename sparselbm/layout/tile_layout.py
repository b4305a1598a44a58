"""Layout of a tile, for NumPy and C++.

Arrays are blocked by tile, `[tile][component][cell]`. A tile has 8 x 8 x 8 cells, or 1 x 8 x 8 in two dimensions. The inner
coordinates (a, b, c) of a cell in its tile are those along (x, y, z), or (0, x, y) in two dimensions, and its number is

    n = (8 a + b) 8 + c

which is NanoVDB's own order. The tile one step (i, j, k) of -1, 0 or 1 along the inner axes away is number 9 i + 3 j + k + 13 of
the 27 neighbours, among which the tile itself is number 13. `warp_functions` has the same for Warp kernels,
and `tile_layout.cpp` for those in C++.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from string import Template

import numpy as np

from .cpp_file import read_cpp

EDGE = 8
"""Number of cells along each edge of a tile."""

NEIGHBOUR_STEPS = tuple(product((-1, 0, 1), repeat=3))
"""Steps (i, j, k) along the inner axes from a tile to each of its 27 neighbours, in the order of the table of neighbours."""


@dataclass(frozen=True)
class TileLayout:
    """Cells of a tile along its inner axes: 8 x 8 x 8, or 1 x 8 x 8 in two dimensions."""

    dimension: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of cells along each axis of the domain: (8, 8, 8), or (8, 8)."""
        return (EDGE,) * self.dimension

    @property
    def cells(self) -> int:
        """Number of cells per tile: 512 or 64."""
        return EDGE**self.dimension

    @property
    def planes(self) -> int:
        """Number of planes of 8 x 8 cells: 8 or 1."""
        return EDGE ** (self.dimension - 2)

    @property
    def voxels_per_cell(self) -> int:
        """Voxels of the volume per cell: 1, or 8 in two dimensions, where a tile is the plane z = 0 of a tile of the volume."""
        return EDGE ** (3 - self.dimension)

    @property
    def cpp(self) -> str:
        """C++ text with the number of cells, and functions that convert between numbers of cells and inner coordinates."""
        return Template(read_cpp("layout", "tile_layout.cpp")).substitute(cells=self.cells, planes=self.planes)

    @property
    def offsets(self) -> np.ndarray:
        """Offset of each cell from the first cell of its tile along the axes of the domain, (cells, dimension) int32."""
        return np.indices(self.shape, dtype=np.int32).reshape(self.dimension, -1).T

    def cell_of(self, index: np.ndarray) -> np.ndarray:
        """Number in its tile of the cell with an index in the domain, (...) from (..., dimension)."""
        return np.asarray(np.ravel_multi_index(tuple(np.moveaxis(index % EDGE, -1, 0)), self.shape))

    def beside(self, offset: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """For each cell of a tile the cell `offset` away: the number of its tile among the 27 neighbours, and its number in that.

        Each (cells,); `offset` has one number of cells for each axis of the domain, at most 8.
        """
        place = self.offsets + np.asarray(offset)
        i, j, k = self.inner(tuple((place // EDGE).T))
        return 9 * i + 3 * j + k + NEIGHBOUR_STEPS.index((0, 0, 0)), self.cell_of(place)

    def inner(self, vector: tuple) -> tuple:
        """Components along the inner axes (a, b, c) of a vector along the axes of the domain."""
        return (0, *vector) if self.dimension == 2 else vector

    def inner_axis(self, axis: int) -> int:
        """The inner axis, 0, 1 or 2, that lies along an axis of the domain."""
        return axis + 3 - self.dimension

"""Order of the cells of a tile in memory.

Arrays are blocked by tile, `[tile][component][cell]`. Inside a tile the cell (a, b, c) has the number `(8 a + b) 8 + c`, which
is NanoVDB's own order (in two dimensions a = 0, b = x, c = y).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TileLayout:
    """Cells of a tile along its three inner axes: 8 x 8 x 8, or 1 x 8 x 8 in two dimensions."""

    dimension: int

    @property
    def planes(self) -> int:
        """Number of planes of 8 x 8 cells: 8 or 1."""
        return 8 if self.dimension == 3 else 1

    @property
    def cells(self) -> int:
        """Number of cells of a tile: 512 or 64."""
        return 64 * self.planes

    def inner(self, c: tuple[int, ...]) -> tuple[int, int, int]:
        """Components of a lattice vector along the inner axes (a, b, c)."""
        return (0, *c) if self.dimension == 2 else c  # type: ignore[return-value]

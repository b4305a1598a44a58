"""Cells inside a surface, found by recursive subdivision of blocks."""

import numpy as np

from ...geometry import SurfaceQuery
from ...layout import EDGE, TileLayout

OPEN_LIMIT = 1 << 26
"""Largest number of cells that are classified one by one, as an open surface requires."""

_SLACK = 1e-3
"""Possible error of an fp32 distance [cells]."""


class Halving:
    """Cells of a box whose centre has a signed distance below `reach` cells, and the tiles that contain them.

    A signed distance phi changes by at most the distance travelled. In a block of s^3 cells with centre x, whose cell
    centres lie within r = sqrt(3) (s - 1) / 2 of x, all cells are therefore inside where phi(x) < -r and none is where
    phi(x) > r. Other blocks are halved, from one block over the whole box down to single cells, so that only blocks near
    the surface are refined. The sign of an open surface may change away from it, so there only single cells are decided.
    """

    def __init__(
        self, query: SurfaceQuery, origin: np.ndarray, voxel_size: float, shape: tuple[int, ...],
        *, margin: float, reach: float,
    ):
        self._query = query
        self._origin = np.asarray(origin, dtype=np.float64)
        self._voxel_size = voxel_size
        self._shape = np.asarray(shape)
        self._margin, self._reach = margin, reach
        full, near = self._halve()
        self.any_cell = any(len(blocks) for blocks in full.values())
        """Whether any cell lies inside."""
        touched = [blocks // EDGE for blocks in (*full.values(), near)]
        codes = np.unique(np.concatenate([self._code(tiles) for tiles in touched]))
        self.tiles = np.stack(np.unravel_index(codes, self._grid), axis=-1).astype(np.int32)
        """Coordinates of the tiles that contain cells inside or come within the margin, (n, 3)."""
        self._codes = codes
        self._mask = np.zeros((len(codes), TileLayout(3).cells), dtype=bool)
        for size, blocks in full.items():
            self._fill(blocks, size)

    def holds(self, indices: np.ndarray) -> np.ndarray:
        """Mask of the cells inside, (n, 512), for the `indices` (n, 512, 3) of the cells of whole tiles."""
        return self._mask[self._row(indices[:, 0] // EDGE)]

    @property
    def _grid(self) -> tuple[int, ...]:
        return tuple(int(n) for n in -(-self._shape // EDGE))

    def _code(self, tiles: np.ndarray) -> np.ndarray:
        return np.asarray(np.ravel_multi_index(tuple(tiles.T), self._grid))

    def _row(self, tiles: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._codes, self._code(tiles))

    def _halve(self) -> tuple[dict[int, np.ndarray], np.ndarray]:
        """First cells of the blocks that are entirely inside, by size (8 at most), and of blocks within the margin."""
        full: dict[int, np.ndarray] = {}
        near = []
        size = EDGE
        while size < self._shape.max():
            size *= 2
        first = np.zeros((1, 3), dtype=np.int64)
        while size:
            distance = self._distances(first, size)
            radius = self._radius(size)
            inside = first[distance < -radius]
            full[min(size, EDGE)] = np.concatenate([full.get(EDGE, inside[:0]), self._parts(inside, size, EDGE)])
            if size <= EDGE:
                near.append(first[(distance > radius) & (distance <= self._margin)])
            undecided = (distance >= -radius) & (distance <= radius + self._margin)
            first = self._parts(first[undecided], size, size // 2)
            size //= 2
        return full, np.concatenate(near)

    def _distances(self, first: np.ndarray, size: int) -> np.ndarray:
        """Signed distances of the block centres [cells], minus the reach."""
        centres = self._origin + (first + 0.5 * size) * self._voxel_size
        return self._query.signed_distance(centres) / self._voxel_size - self._reach

    def _radius(self, size: int) -> float:
        if size == 1:
            return 0.0
        return 0.5 * np.sqrt(3.0) * (size - 1) + _SLACK if self._query.closed else np.inf

    def _parts(self, first: np.ndarray, size: int, part: int) -> np.ndarray:
        """First cells of the blocks of `part` cells within the box into which blocks of `size` cells are divided."""
        if part >= size or part == 0:
            return first[: None if part else 0]
        parts = (first[:, None] + part * _offsets(size // part)).reshape(-1, 3)
        return parts[(parts < self._shape).all(axis=1)]

    def _fill(self, blocks: np.ndarray, size: int) -> None:
        cells = TileLayout(3).cell_of(blocks[:, None] + _offsets(size))
        self._mask[self._row(blocks // EDGE)[:, None], cells] = True


def _offsets(count: int) -> np.ndarray:
    return np.indices((count,) * 3).reshape(3, -1).T

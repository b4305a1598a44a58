"""Contents of a volume file: values on tiles of 8x8x8 voxels, with a name and a position in the world."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

TILE_EDGE = 8
TILE_VOXELS = TILE_EDGE**3
# Index coordinates are 32-bit integers; tile coordinates are 8 times smaller.
TILE_LIMIT = 2**31 // TILE_EDGE


class GridClass(Enum):
    """Class of a grid; the value is OpenVDB's name and NanoVDB's number."""

    UNKNOWN = ("unknown", 0)
    LEVEL_SET = ("level set", 1)
    FOG_VOLUME = ("fog volume", 2)

    @property
    def text(self) -> str:
        """OpenVDB's name."""
        return self.value[0]

    @property
    def number(self) -> int:
        """NanoVDB's number."""
        return self.value[1]


@dataclass(frozen=True, kw_only=True, eq=False)
class TileGrid:
    """Field on tiles.

    Raises:
        ValueError: if shapes disagree, a tile appears twice, or an active value is not finite.
    """

    name: str
    """Name of the grid in the file, such as ``"velocity"``."""
    tiles: np.ndarray
    """Tile coordinates, shape (n, 3), int32; the first voxel of a tile has 8 times these index coordinates."""
    values: np.ndarray
    """Shape (n, 512) or (n, 512, 3), float32; voxel (x, y, z) of a tile lies at x << 6 | y << 3 | z."""
    voxel_size: float
    """Edge of a voxel [m]."""
    active: np.ndarray | None = None
    """Mask of the voxels with a value, shape (n, 512), bool; None for all. The others read as the background."""
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Position of the centre of voxel (0, 0, 0) [m]."""
    background: float = 0.0
    """Value of inactive voxels and of all voxels outside the tiles (in each component)."""
    grid_class: GridClass = GridClass.UNKNOWN

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_values(self)

    @property
    def components(self) -> int:
        """Number of components: 1 for a scalar, 3 for a vector."""
        return 1 if self.values.ndim == 2 else 3

    @cached_property
    def mask(self) -> np.ndarray:
        """Mask of the active voxels, shape (n, 512), bool."""
        if self.active is None:
            return np.ones((len(self.tiles), TILE_VOXELS), dtype=bool)
        return self.active

    def index_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest index of the active voxels, both inclusive, each (3,) int32.

        If no voxel is active, the smallest exceeds the largest, as in OpenVDB.
        """
        low, high = tile_bounds(self.tiles, self.mask)
        filled = self.mask.any(axis=1)
        if not filled.any():
            limits = np.iinfo(np.int32)
            return np.full(3, limits.max, np.int32), np.full(3, limits.min, np.int32)
        return low[filled].min(axis=0), high[filled].max(axis=0)


def tile_bounds(tiles: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest index of the active voxels of each tile, (n, 3) int32; the whole tile if none is active."""
    cube = np.asarray(mask).reshape(-1, TILE_EDGE, TILE_EDGE, TILE_EDGE)
    low, high = np.empty((len(tiles), 3), np.int32), np.empty((len(tiles), 3), np.int32)
    for axis, others in enumerate(((2, 3), (1, 3), (1, 2))):
        line = np.any(cube, axis=others)
        low[:, axis] = line.argmax(axis=1)
        high[:, axis] = TILE_EDGE - 1 - line[:, ::-1].argmax(axis=1)
    first = np.asarray(tiles, np.int32) * TILE_EDGE
    return first + low, first + high


def _check_shapes(grid: TileGrid) -> None:
    n = len(grid.tiles)
    if not grid.name:
        raise ValueError("the grid has an empty name, but viewers find grids by name: give it one.")
    if n == 0:
        raise ValueError(f"grid {grid.name!r} has no tile: leave it out of the file.")
    if grid.tiles.shape != (n, 3) or grid.tiles.dtype.kind not in "iu":
        raise ValueError(f"tiles of {grid.name!r} are {grid.tiles.dtype} {grid.tiles.shape}: pass integers (n, 3).")
    if grid.values.shape not in ((n, TILE_VOXELS), (n, TILE_VOXELS, 3)) or grid.values.dtype != np.float32:
        raise ValueError(
            f"values of {grid.name!r} are {grid.values.dtype} {grid.values.shape} for {n} tiles: "
            f"pass float32 of shape ({n}, 512) or ({n}, 512, 3)."
        )
    if grid.active is not None and (grid.active.shape != (n, TILE_VOXELS) or grid.active.dtype != np.bool_):
        raise ValueError(f"active of {grid.name!r} is {grid.active.dtype} {grid.active.shape}: pass bool ({n}, 512).")
    if not 0.0 < grid.voxel_size < np.inf:
        raise ValueError(f"voxel_size of {grid.name!r} is {grid.voxel_size!r}: pass a finite value above 0, in metres.")


def _check_values(grid: TileGrid) -> None:
    limit = int(np.abs(grid.tiles.astype(np.int64)).max())
    if limit >= TILE_LIMIT:
        raise ValueError(
            f"a tile coordinate of {grid.name!r} is {limit}: the limit is {TILE_LIMIT - 1} in absolute value."
        )
    twice = len(grid.tiles) - len(np.unique(grid.tiles, axis=0))
    if twice:
        raise ValueError(f"{twice} tiles of {grid.name!r} are duplicates: pass each tile once.")
    finite = np.isfinite(grid.values)
    finite = finite if finite.ndim == 2 else finite.all(axis=2)
    bad = int(np.count_nonzero(grid.mask & ~finite))
    if bad:
        raise ValueError(
            f"{bad} active values of {grid.name!r} are not finite, so the run has diverged. To write the others, "
            "set `active` to False there."
        )

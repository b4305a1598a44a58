"""Cells of fields on tiles as VTK's images take them: boxes of cells, in which x varies fastest, with the blanking of solids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...files.grid import TILE_EDGE, TileGrid
from ...files.tile_lookup import TileLookup
from ...layout import TileLayout
from ..fields import FIELDS as ALL_FIELDS
from ..reader import OF_THE_FLOW, SOLID

DUPLICATE, HIDDEN = 1, 32
"""Bits of VTK's array vtkGhostType for cells: one of another block, and one that filters leave out (vtkDataSetAttributes.h)."""
GHOST_TYPE = "vtkGhostType"
_MOST_SOLID = 0.5
"""Solid fraction from which the centre of a cell counts as solid."""
_SLAB, _NEIGHBOURS = 2 * TILE_EDGE, 4
"""Thickness of the parts in which values are computed, and of their neighbours, from which values in solids may be [cells]."""
_VANISHING = {each.name for each in ALL_FIELDS if not each.on_surfaces}
"""Scalars that vanish at walls, as all vectors do."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of fields on the same tiles.

    Cells are hidden where more than half of them is solid, where the fields have no value, and outside of the tiles. There, all
    values are finite: velocities are 0, so that streamlines end at walls, and other fields have the value of the nearest cell
    of fluid, so that contours meet walls at the right angle instead of following them.
    """

    grids: tuple[TileGrid, ...]
    """Fields, among them the solid fraction, if it is known."""

    @cached_property
    def hidden(self) -> np.ndarray:
        """Mask of the hidden cells of the tiles, (n, 512)."""
        first = self.grids[0]
        solid = next((each for each in self.grids if each.name == SOLID), None)
        return ~first.mask if solid is None else ~first.mask | (solid.values >= _MOST_SOLID)

    @cached_property
    def _lookup(self) -> TileLookup:
        return TileLookup.of(self.grids[0].tiles)

    @property
    def fields(self) -> tuple[TileGrid, ...]:
        """The fields and the solid fraction, which is 1 in hidden cells and 0 in others if it is not known."""
        if any(each.name == SOLID for each in self.grids):
            return self.grids
        first = self.grids[0]
        solid = TileGrid(
            name=SOLID, tiles=first.tiles, values=self.hidden.astype(np.float32), voxel_size=first.voxel_size, origin=first.origin
        )
        return (*self.grids, solid)

    @property
    def corner(self) -> np.ndarray:
        """Lower corner of cell (0, 0, 0) [m], (3,): the origin of VTK images, whereas grids begin at its centre."""
        return np.asarray(self.grids[0].origin) - 0.5 * self.grids[0].voxel_size

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        return self.grids[0].voxel_size

    def with_ghosts(self, box: np.ndarray) -> np.ndarray:
        """Cells of a box of tiles, and one more layer on each side on which other tiles adjoin it: lowest cell, and highest one
        (exclusive), (2, 3)."""
        cells = box * TILE_EDGE
        for axis in range(3):
            for end, step in ((0, -1), (1, 1)):
                beside = np.stack([box[0] - 1, box[1] + 1])
                beside[:, axis] = (box[0, axis] - 1, box[0, axis]) if end == 0 else (box[1, axis], box[1, axis] + 1)
                places = np.stack(np.meshgrid(*map(np.arange, *beside), indexing="ij"), axis=-1).reshape(-1, 3)
                if (self._lookup.find(places) >= 0).any():
                    cells[end, axis] += step
        return cells

    def layers(self, grid: TileGrid, cells: np.ndarray) -> Iterator[np.ndarray]:
        """Yields the values of a field in a box of cells (2, 3), from the lowest z on, as (nz, ny, nx[, 3]) float32."""
        known = grid.mask & ~self.hidden if grid.name in OF_THE_FLOW else grid.mask
        for part, kept in _slabs(cells):
            tile, voxel = self._places(part)
            values, there = grid.values[tile, voxel], (tile >= 0) & known[tile, voxel]
            filled = np.where(there, values, np.float32(1.0)) if grid.name == SOLID else _filled(values, there, grid.name)
            yield _in_order(filled, kept)

    def ghost_types(self, cells: np.ndarray, box: np.ndarray) -> Iterator[np.ndarray]:
        """Yields VTK's ghost types in a box of cells (2, 3) as `layers`; cells outside of a box of tiles are duplicates."""
        low, high = box * TILE_EDGE
        for part, kept in _slabs(cells):
            tile, voxel = self._places(part)
            hidden = (tile < 0) | self.hidden[tile, voxel]
            inside = np.ones(hidden.shape, bool)
            for axis in range(3):
                along = np.arange(part[0, axis], part[1, axis])
                shape = np.where(np.arange(3) == axis, len(along), 1)
                inside &= ((along >= low[axis]) & (along < high[axis])).reshape(shape)
            yield _in_order(np.where(hidden, HIDDEN, 0).astype(np.uint8) | np.where(inside, 0, DUPLICATE).astype(np.uint8), kept)

    def _places(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tile (-1: none) and voxel in it of each of a box of cells, (nx, ny, nz) each."""
        axes = [np.arange(*ends) for ends in cells.T]
        low, high = np.floor_divide(cells[0], TILE_EDGE), -np.floor_divide(-cells[1], TILE_EDGE)
        places = low + np.moveaxis(np.indices(high - low), 0, -1).reshape(-1, 3)
        tiles = self._lookup.find(places).reshape(high - low)
        tile = tiles[np.ix_(*(axis // TILE_EDGE - first for axis, first in zip(axes, low)))]
        return tile, TileLayout(3).cell_of(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1))


def _slabs(cells: np.ndarray) -> Iterator[tuple[np.ndarray, slice]]:
    """Parts of a box of cells along z, each with neighbours below and above, and the part of it that is its own: fields may
    be many times larger than a slab."""
    low, high = cells[:, 2]
    for begin in range(low, high, _SLAB):
        end = min(begin + _SLAB, high)
        part = cells.copy()
        part[:, 2] = max(begin - _NEIGHBOURS, low), min(end + _NEIGHBOURS, high)
        yield part, slice(begin - part[0, 2], end - part[0, 2])


def _in_order(values: np.ndarray, kept: slice) -> np.ndarray:
    """Values (nx, ny, nz[, 3]) in VTK's order, of a part along z."""
    return np.ascontiguousarray(values[:, :, kept].swapaxes(0, 2))


def _filled(values: np.ndarray, known: np.ndarray, name: str) -> np.ndarray:
    """Values (nx, ny, nz[, 3]) with others where they are not known."""
    from scipy.ndimage import distance_transform_edt

    if known.all():
        return values
    if values.ndim == 4 or name in _VANISHING or not known.any():
        return np.where(known if values.ndim == 3 else known[..., None], values, np.float32(0.0))
    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    return values[tuple(nearest)]  # type: ignore[arg-type]

"""Cell fields extended by one layer of neighbouring cells around each tile."""

import numpy as np

from ..errors import DomainError
from ..layout import EDGE, NEIGHBOUR_STEPS, TileLayout
from .domain import Domain

_OWN = {-1: slice(EDGE - 1, EDGE), 0: slice(0, EDGE), 1: slice(0, 1)}
"""Cells of the tile on that side that are adjacent, along an axis."""
_PLACE = {-1: slice(0, 1), 0: slice(1, EDGE + 1), 1: slice(EDGE + 1, EDGE + 2)}
"""Position of those cells in the extended array."""


def with_halo(domain: Domain, field: np.ndarray) -> np.ndarray:
    """Extends a field (n, 512, ...) of a three-dimensional domain to (n, 10, 10, 10, ...); NaN where there is no tile.

    Periodic axes wrap; the ghost cells of a periodic axis have the values of the cells that they stand for.

    Cell (i, j, k) of a tile is at [i + 1, j + 1, k + 1]. Raises DomainError in two dimensions.
    """
    if domain.dimension != 3:
        raise DomainError("halos need three dimensions, but the domain has 2: use `Domain.dense`")
    field = domain.with_ghosts(field)
    n, rest, shape = domain.tile_count, field.shape[2:], TileLayout(3).shape
    beyond = np.full((1, *shape, *rest), np.nan, dtype=field.dtype)
    tiles = np.concatenate([field.reshape(n, *shape, *rest), beyond])
    beside = np.asarray(domain.neighbours.numpy()).reshape(n, -1)
    result = np.empty((n, *(size + 2 for size in shape), *rest), dtype=field.dtype)
    for number, step in enumerate(NEIGHBOUR_STEPS):
        x, y, z = (_OWN[s] for s in step)
        place = tuple(_PLACE[s] for s in step)
        result[(slice(None), *place)] = np.take(tiles[:, x, y, z], beside[:, number], axis=0)  # type: ignore[arg-type]
    return result

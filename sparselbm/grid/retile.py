"""Transfer of arrays between domains with different tiles."""

from functools import cache

import numpy as np
import warp as wp

from ..errors import DomainError
from ..layout import EDGE
from .domain import Domain


def transfer(old: Domain, new: Domain, array: wp.array, size: int, *, into: wp.array) -> wp.array:
    """Copies an array `[tile][size][cell]` of the old domain to the new domain, tile by tile at the same position.

    `into`, such as the new simulation's `state`, becomes 0 (rest, for populations) in tiles that the old domain lacks.
    Returns `into`. Raises DomainError if the cells of the two domains do not coincide in whole tiles.
    """
    places = sources(old, new)
    for name, values, domain in (("array", array, old), ("into", into, new)):
        shape, needed = tuple(values.shape), (domain.tile_count, size, domain.cells_per_tile)
        if len(shape) != 3 or shape[0] < needed[0] or shape[1:] != needed[1:]:
            raise DomainError(f"{name} has the shape {shape}, at least {needed} is needed; give `size` as it was allocated")
    wp.launch(
        _transfer_kernel(array.dtype), (new.tile_count, size, new.cells_per_tile),
        inputs=[wp.array(places, dtype=wp.int32, device=new.device), array], outputs=[into],
        device=new.device, record_tape=False,
    )
    return into


def sources(old: Domain, new: Domain) -> np.ndarray:
    """Index of the old tile at the position of each new tile, -1 if there is none, (n,).

    Raises DomainError if the cells of the two domains do not coincide in whole tiles.
    """
    if old.dimension != new.dimension or old.voxel_size != new.voxel_size or old.device != new.device:
        raise DomainError(
            f"the domains have {old.dimension} and {new.dimension} dimensions, voxels of {old.voxel_size} and "
            f"{new.voxel_size} m, on {old.device} and {new.device}: these must be equal"
        )
    shift = (np.asarray(new.origin) - np.asarray(old.origin)) / (EDGE * new.voxel_size)
    shift[new.dimension :] = 0.0
    if np.abs(shift - np.round(shift)).max() > 1e-6:
        raise DomainError(
            f"the origins {old.origin} and {new.origin} m are {tuple(EDGE * shift)} cells apart: "
            f"the distance must be a multiple of {EDGE}; give both domains the same origin"
        )
    places = {tuple(tile): k for k, tile in enumerate(old.tiles.tolist())}
    wanted = new.tiles + np.round(shift).astype(np.int32)
    return np.array([places.get(tuple(tile), -1) for tile in wanted.tolist()], dtype=np.int32)


@cache
def _transfer_kernel(precision: type) -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def transfer_tiles(
        sources: wp.array(dtype=wp.int32), array: wp.array3d(dtype=precision), into: wp.array3d(dtype=precision)
    ):
        tile, component, cell = wp.tid()
        value = precision(0.0)
        if sources[tile] >= 0:
            value = array[sources[tile], component, cell]
        into[tile, component, cell] = value

    return transfer_tiles

"""Box-shaped domains filled with fluid."""

from collections.abc import Sequence
from itertools import product
from math import inf

import numpy as np
import warp as wp

from ...errors import DomainError
from ...layout import EDGE
from ..domain import Domain, build_domain


def box(
    shape: Sequence[int], *, voxel_size: float = 1.0, origin: Sequence[float] = (0.0, 0.0, 0.0),
    periodic: Sequence[bool] | None = None, device: wp.DeviceLike = None,
) -> Domain:
    """Returns a domain of all cells of a box of `shape` cells (two or three numbers), optionally `periodic` along each axis.

    A periodic axis may have any number of cells, from one on; multiples of 8 are fastest, since nothing is copied at its ends.
    `voxel_size` [m], `origin` (lower corner) [m]. Raises DomainError if an argument is out of range.
    """
    shape = tuple(int(n) for n in shape)
    if len(shape) not in (2, 3) or min(shape) < 1:
        raise DomainError(f"the box has the shape {shape}: pass two or three numbers of cells, each at least 1")
    if not 0.0 < voxel_size < inf:
        raise DomainError(f"the voxel size is {voxel_size} m: it must be above 0 and finite")
    periodic = tuple(periodic or [False] * len(shape))
    if len(periodic) != len(shape):
        raise DomainError(f"periodic is {periodic}: pass one value per axis, {len(shape)} in all")
    if len(origin) != 3:
        raise DomainError(f"the origin is {tuple(origin)} m: pass three values, also in two dimensions")
    tiles = np.array(list(product(*[range(-(-n // EDGE)) for n in shape])), dtype=np.int32)
    if len(shape) == 2:
        tiles = np.column_stack([tiles, np.zeros(len(tiles), dtype=np.int32)])
    return build_domain(
        shape=shape, voxel_size=voxel_size, origin=tuple(origin), periodic=periodic,
        tiles=tiles, fluid=lambda indices: np.ones(indices.shape[:-1], dtype=bool), device=device,
    )

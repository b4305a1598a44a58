"""A box full of fluid."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import warp as wp

from ...errors import DomainError
from ..domain import Domain, build_domain


def box(
    shape: Sequence[int], *, voxel_size: float = 1.0, origin: Sequence[float] = (0.0, 0.0, 0.0),
    periodic: Sequence[bool] | None = None, device: wp.DeviceLike = None,
) -> Domain:  # fmt: skip
    """All cells of a box of `shape` cells, two or three numbers; `periodic` for each axis, by default none is.

    `voxel_size` and `origin` (the lower corner) are in metres. Raises DomainError.
    """
    shape = tuple(int(n) for n in shape)
    if len(shape) not in (2, 3) or min(shape) < 1:
        raise DomainError(f"a box of shape {shape}: give two or three numbers of cells, each at least 1")
    if not voxel_size > 0:
        raise DomainError(f"voxel size {voxel_size} m: must be above 0")
    periodic = tuple(periodic or [False] * len(shape))
    if len(periodic) != len(shape):
        raise DomainError(f"periodic {periodic}: give one value an axis, {len(shape)} of them")
    if len(origin) != 3:
        raise DomainError(f"origin {tuple(origin)} m: give three values, in two dimensions too")
    tiles = np.array(list(product(*[range(-(-n // 8)) for n in shape])), dtype=np.int32)
    if len(shape) == 2:
        tiles = np.column_stack([tiles, np.zeros(len(tiles), dtype=np.int32)])
    return build_domain(
        shape=shape, voxel_size=voxel_size, origin=tuple(origin), periodic=periodic,
        tiles=tiles, fluid=lambda indices: np.ones(indices.shape[:-1], dtype=bool), device=device,
    )  # fmt: skip

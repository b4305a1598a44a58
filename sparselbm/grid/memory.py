"""Memory of tile arrays: aligned to vectors of 64 bytes, with a sentinel tile of zeros at the end.

Tile arrays have three dimensions, `[tile][component][cell]`, because Warp limits each dimension to 2^31 - 1: a flat array of
D3Q19 could have no more than 113 million cells.
"""

import mmap
import weakref
from math import prod

import numpy as np
import warp as wp

from ..backends import backend_for
from ..layout import TileLayout
from ..system import HUGE_PAGE, lend_pages, new_pages
from .domain import Domain

_VECTOR_BYTES = 64
_SUMMED = 1 << 30
"""Number of values that Warp sums in one call."""

ArrayShape = tuple[int, int, int]


def tile_array(domain: Domain, size: int, precision: type) -> wp.array:
    """Returns zeros `[tile][size][cell]` for the tiles of the domain and the sentinel."""
    return aligned_array((domain.tile_count + 1, size, domain.cells_per_tile), precision, domain.device)


class Pages:
    """Pool of CPU memory for short-lived arrays, such as the states that a gradient stores.

    The first access to new memory takes several times as long as a step (measured: a gradient over stored states takes 5.5
    forward runs with new memory, 3.4 with pages of the pool). Unused pages of the pool remain available to other programs.
    """

    def __init__(self):
        self._unused: dict[int, list[mmap.mmap]] = {}

    def take(self, size: int) -> np.ndarray:
        """Returns `size` bytes on huge pages, zero or with their former contents; the pool takes them back automatically."""
        if self._unused.get(size):
            pages = self._unused[size].pop()
        else:
            self._unused.clear()
            pages = new_pages(size)
        raw = np.frombuffer(pages, dtype=np.uint8)
        weakref.finalize(raw, self._give_back, size, pages).atexit = False
        return raw

    def _give_back(self, size: int, pages: mmap.mmap) -> None:
        lend_pages(pages)
        self._unused.setdefault(size, []).append(pages)


def aligned_array(shape: ArrayShape, precision: type, device: wp.Device, pages: Pages | None = None) -> wp.array:
    """Returns an array of zeros, or with `pages` of any contents; on the CPU aligned to vectors, with a vector before and after.

    On the CPU large arrays are on huge pages (measured: the step is 1.16 to 1.32 times as fast).
    """
    if not backend_for(device.is_cpu).shares_memory:
        return wp.zeros(shape, dtype=precision, device=device)
    scalar = np.dtype(wp.dtype_to_numpy(precision))
    length = prod(shape) * scalar.itemsize
    asked = length + 2 * _VECTOR_BYTES + HUGE_PAGE
    raw = np.frombuffer(new_pages(asked), dtype=np.uint8) if pages is None else pages.take(asked)
    start = -raw.ctypes.data % HUGE_PAGE + _VECTOR_BYTES  # A kernel may read one vector before the array.
    values = raw[start : start + length].view(scalar).reshape(shape)
    return wp.array(values, dtype=precision, device="cpu", copy=False)


def tile_view(domain: Domain, array: wp.array, size: int) -> np.ndarray:
    """Returns the values of a tile array as NumPy (n, size, cells), without the sentinel; shares memory on the CPU."""
    return array.numpy().reshape(-1, size, domain.cells_per_tile)[: domain.tile_count]


def put_tiles(values: np.ndarray, array: wp.array) -> None:
    """Copies values (n, size, cells) to a tile array with `size` components; its sentinel does not change."""
    host = np.array(values, dtype=wp.dtype_to_numpy(array.dtype), order="C")  # Warp expects these strides of axes of length 1.
    wp.copy(array, wp.array(host, dtype=array.dtype, device="cpu", copy=False), count=host.size)


def tile_part(array: wp.array, size: int) -> wp.array:
    """Returns the beginning of the memory of a tile array as an array of fewer components, `[tile][size][cell]`."""
    tiles, _, cells = array.shape
    return array.reshape((-1, cells))[: tiles * size].reshape((tiles, size, cells))  # type: ignore[union-attr]


def squared_norm(array: wp.array) -> float:
    """Sum of the squares of a tile array, computed in ranges of tiles because Warp's sum is limited to 2^31 - 1 values."""
    tiles, step = array.shape[0], max(1, _SUMMED // prod(array.shape[1:]))
    parts = (array[k : min(k + step, tiles)].flatten() for k in range(0, tiles, step))  # type: ignore[union-attr]
    return sum(float(wp.utils.array_inner(part, part)) for part in parts)  # type: ignore[arg-type]


def sums_array(domain: Domain, count: int) -> wp.array:
    """Returns zeros for `count` sums over every tile, `[tile][count][partial sum]` fp64."""
    slots = domain.backend.sum_slots(TileLayout(domain.dimension))
    return wp.zeros((domain.tile_count, count, slots), dtype=wp.float64, device=domain.device)


def summed(sums: wp.array) -> np.ndarray:
    """Sums over all tiles, (count,), added in the same order in every run."""
    return sums.numpy().sum(axis=(0, 2))

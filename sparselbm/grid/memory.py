"""Arrays laid out for lanes: aligned to 64 bytes, with a sentinel tile of zeros at the end.

They have three dimensions, `[tile][component][cell]`: Warp limits each dimension of an array to 2^31 - 1, not their product,
so that a flat array of D3Q19 would end at 113 million cells.
"""

import contextlib
import mmap
import weakref
from math import prod

import numpy as np
import warp as wp

from ..layout import TileLayout
from .domain import Domain

_HUGE_PAGE = 1 << 21
_LANE_BYTES = 64
_SUMMED = 1 << 30
"""Numbers that Warp sums at a time."""

Shape = tuple[int, int, int]


def tile_array(domain: Domain, size: int, precision: type) -> wp.array:
    """Zeros `[tile][size][cell]` for the domain's tiles and the sentinel."""
    return lane_array((domain.tile_count + 1, size, domain.cells_per_tile), precision, domain.device)


class Pages:
    """Pool of CPU memory for short-lived arrays, such as the states that a gradient stores.

    The first touch of new memory costs several times a step (measured: a gradient over stored states takes 5.5 forward
    runs with it, 3.4 without). Unused pages of the pool count as available memory: other programs may take them.
    """

    def __init__(self):
        self._unused: dict[int, list[mmap.mmap]] = {}

    def take(self, size: int) -> np.ndarray:
        """Returns `size` bytes on huge pages, 0 or with their former contents; they return to the pool automatically."""
        if self._unused.get(size):
            pages = self._unused[size].pop()
        else:
            self._unused.clear()
            pages = _huge_pages(size)
        raw = np.frombuffer(pages, dtype=np.uint8)
        weakref.finalize(raw, self._give_back, size, pages).atexit = False
        return raw

    def _give_back(self, size: int, pages: mmap.mmap) -> None:
        with contextlib.suppress(OSError, AttributeError):  # Not every system supports this.
            pages.madvise(mmap.MADV_FREE)
        self._unused.setdefault(size, []).append(pages)


def _huge_pages(size: int) -> mmap.mmap:
    # Private, since the kernel gives huge pages to shared memory only if the administrator has enabled it.
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE") and size >= 2 * _HUGE_PAGE:
        pages.madvise(mmap.MADV_HUGEPAGE)
    return pages


def lane_array(shape: Shape, precision: type, device: wp.Device, pages: Pages | None = None) -> wp.array:
    """Zeros, or with `pages` whatever lies there, aligned for lanes, with a lane more before and behind them.

    On the CPU large arrays lie on huge pages (measured: the step is 1.16 to 1.32 times as fast).
    """
    if not device.is_cpu:
        tiles, *rest = shape
        return wp.zeros((tiles + 1, *rest), dtype=precision, device=device)[:tiles]  # type: ignore[return-value]
    scalar = np.dtype(wp.dtype_to_numpy(precision))
    length = prod(shape) * scalar.itemsize
    asked = length + 2 * _LANE_BYTES + _HUGE_PAGE
    raw = np.frombuffer(_huge_pages(asked), dtype=np.uint8) if pages is None else pages.take(asked)
    start = -raw.ctypes.data % _HUGE_PAGE + _LANE_BYTES  # A row may be read from one lane before its array.
    values = raw[start : start + length].view(scalar).reshape(shape)
    return wp.array(values, dtype=precision, device="cpu", copy=False)


def tile_view(domain: Domain, array: wp.array, size: int) -> np.ndarray:
    """The values of a tile array as NumPy (n, size, cells), without the sentinel; shares memory on the CPU."""
    return array.numpy().reshape(-1, size, domain.cells_per_tile)[: domain.tile_count]


def put_tiles(values: np.ndarray, array: wp.array) -> None:
    """Brings (n, size, cells) into a tile array of as many components; its sentinel stays as it is."""
    host = np.array(values, dtype=wp.dtype_to_numpy(array.dtype), order="C")  # Strides of axes of one value as Warp has them.
    wp.copy(array, wp.array(host, dtype=array.dtype, device="cpu", copy=False), count=host.size)


def tile_part(array: wp.array, size: int) -> wp.array:
    """The memory of a tile array, taken for one of `size` components, no more than it has: `[tile][size][cell]`."""
    tiles, _, cells = array.shape
    return array.reshape((-1, cells))[: tiles * size].reshape((tiles, size, cells))  # type: ignore[union-attr]


def squared_norm(array: wp.array) -> float:
    """The sum of the squares of a tile array: Warp's own counts to 2^31 - 1, so that it is given ranges of tiles."""
    tiles, step = array.shape[0], max(1, _SUMMED // prod(array.shape[1:]))
    parts = (array[k : min(k + step, tiles)].flatten() for k in range(0, tiles, step))  # type: ignore[union-attr]
    return sum(float(wp.utils.array_inner(part, part)) for part in parts)  # type: ignore[arg-type]


def sums_array(domain: Domain, count: int) -> wp.array:
    """Zeros for `count` sums over every tile, `[tile][count][slot]` fp64."""
    slots = domain.backend.sum_slots(TileLayout(domain.dimension))
    return wp.zeros((domain.tile_count, count, slots), dtype=wp.float64, device=domain.device)


def summed(sums: wp.array) -> np.ndarray:
    """The sums over all tiles, (count,), added in the same order on every run."""
    return sums.numpy().sum(axis=(0, 2))

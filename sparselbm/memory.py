"""Arrays laid out for lanes: aligned to 64 bytes, with a sentinel tile of zeros at the end."""

import mmap
from collections.abc import Sequence

import numpy as np
import warp as wp

from .domain import Domain
from .lanes import TileShape, sum_slots
from .lattice import Lattice

_HUGE_PAGE = 1 << 21
_LANE_BYTES = 64


def tile_array(domain: Domain, size: int, precision: type) -> wp.array:
    """Zeros `[tile][size][cell]`, flat, for the domain's tiles and the sentinel."""
    return lane_array((domain.tile_count + 1) * size * domain.cells_per_tile, precision, domain.device)


def lane_array(size: int, precision: type, device: wp.Device) -> wp.array:
    """At least `size` zeros, aligned for lanes.

    On the CPU large arrays lie on huge pages (measured: 1.16 to 1.32 times the speed of the step).
    """
    count = size + 2 * _LANE_BYTES
    if not device.is_cpu:
        return wp.zeros(count, dtype=precision, device=device)
    scalar = np.dtype(wp.dtype_to_numpy(precision))
    # Private, as the kernel gives huge pages to shared memory only where its administrator has said so.
    pages = mmap.mmap(-1, count * scalar.itemsize + _HUGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE") and count * scalar.itemsize >= _HUGE_PAGE:
        pages.madvise(mmap.MADV_HUGEPAGE)
    raw = np.frombuffer(pages, dtype=np.uint8)
    start = -raw.ctypes.data % _HUGE_PAGE + _LANE_BYTES  # A row may be read from one lane before its array.
    return wp.array(
        raw[start : start + count * scalar.itemsize - _LANE_BYTES].view(scalar),
        dtype=precision,
        device="cpu",
        copy=False,
    )


def tile_view(domain: Domain, array: wp.array, size: int) -> np.ndarray:
    """The values of a tile array as NumPy (n, size, cells), without the sentinel; shares memory on the CPU."""
    n, cells = domain.tile_count, domain.cells_per_tile
    return array.numpy()[: n * size * cells].reshape(n, size, cells)


def sums_array(domain: Domain, count: int) -> wp.array:
    """Zeros for `count` sums over every tile, fp64."""
    slots = sum_slots(TileShape(domain.dimension), cuda=not domain.device.is_cpu)
    return wp.zeros(domain.tile_count * count * slots, dtype=wp.float64, device=domain.device)


def summed(sums: wp.array, domain: Domain, count: int) -> np.ndarray:
    """The sums over all tiles, (count,), added in the same order on every run."""
    return sums.numpy().reshape(domain.tile_count, count, -1).sum(axis=(0, 2))


def bytes_per_cell(lattice: Lattice, precision: type, carried: Sequence[Lattice] = (), kept: int = 0) -> int:
    """Memory of a simulation for each cell of its tiles: two states, solid fraction, link and boundary words.

    `carried`: the velocity sets of scalars, D2Q5 or D3Q7 each; `kept`: see `Physics.kept`.

    The index grid, the neighbour table and the fluid mask take about 2 bytes more; moments, when asked for, 1 + d numbers.
    """
    scalar = np.dtype(wp.dtype_to_numpy(precision)).itemsize
    components = lattice.size + sum(own.size for own in carried) + kept
    return (2 * components + 1) * scalar + 2 * 4 + 2

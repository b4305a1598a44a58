"""Step time of a device, estimated from the bandwidth of a memory copy, without compiling a solver kernel."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import warp as wp

from ..system import core_count

SHARE_OF_COPY = 0.5
"""Fraction of the copy bandwidth that a step reaches, counted as one load and one store of all populations."""
ADJOINT_COST = 2.2
"""Cost of one adjoint step, in forward steps (measured: the bunny at Reynolds number 60)."""
_COPIED = 1 << 26
_SECONDS = 0.2


@dataclass(frozen=True)
class Bandwidth:
    """Memory bandwidth of a device."""

    copy_gbs: float
    """Bandwidth of a memory copy, counting bytes read and written [GB / s]."""

    @classmethod
    def of(cls, device: wp.DeviceLike = None) -> "Bandwidth":
        """Measures a copy of 64 MiB for 0.2 s, on all cores of the CPU or on the GPU."""
        device = wp.get_device(device)
        return cls(_measured(_copy_on_cpu() if device.is_cpu else _copy_on_gpu(device)))

    def step_seconds(self, state_bytes: float) -> float:
        """Duration of a step [s] of a state of this size, which is read once and written once."""
        return 2.0 * state_bytes / (SHARE_OF_COPY * self.copy_gbs * 1e9)


def _measured(copy) -> float:
    """Bandwidth [GB / s] of the fastest copy within the time limit."""
    copy()
    best, end = float("inf"), perf_counter() + _SECONDS
    while perf_counter() < end:
        began = perf_counter()
        copy()
        best = min(best, perf_counter() - began)
    return 2 * _COPIED / best * 1e-9


def _copy_on_cpu():
    cores = core_count()
    source, target = np.zeros((cores, _COPIED // cores), np.uint8), np.ones((cores, _COPIED // cores), np.uint8)
    source[:] = 1  # Pages that were never written all map to one page.
    pool = ThreadPoolExecutor(cores)
    return lambda: list(pool.map(np.copyto, target, source))


def _copy_on_gpu(device: wp.Device):
    source, target = (wp.zeros(_COPIED, dtype=wp.uint8, device=device) for _ in range(2))

    def copy() -> None:
        wp.copy(target, source)
        wp.synchronize_device(device)

    return copy

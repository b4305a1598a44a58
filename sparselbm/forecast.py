"""How long a run would take: from the speed of a memory copy, without compiling or running a kernel of the solver."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import sched_getaffinity
from time import perf_counter

import numpy as np
import warp as wp

from .tunnel import TunnelPlan

SHARE_OF_COPY = 0.5
"""Of the copy's bandwidth that a step reaches, counted as one load and one store of all populations."""
RUN_CROSSINGS = 1.6
"""Crossings of the tunnel by the flow until it is at rest (measured: the bunny at Reynolds number 60)."""
FORWARD_CROSSINGS, ADJOINT_CROSSINGS, ADJOINT_COST = 0.6, 0.6, 2.2
"""The same from one design to the next, forward and backward, and steps that a step back costs (measured likewise)."""
_COPIED = 1 << 26
_SECONDS = 0.2


@dataclass(frozen=True)
class Forecast:
    """What a machine does, and how long a plan takes on it."""

    copy_gbs: float
    """Bandwidth of a memory copy, read and written bytes counted [GB / s]."""

    @classmethod
    def of(cls, device: wp.DeviceLike = None) -> "Forecast":
        """Measures a copy of 64 MiB for 0.2 s, on all cores of the CPU or on the GPU."""
        device = wp.get_device(device)
        return cls(_measured(_copy_on_cpu() if device.is_cpu else _copy_on_gpu(device)))

    def mlups(self, plan: TunnelPlan) -> float:
        """Cells advanced by a step in a second, in millions."""
        return SHARE_OF_COPY * self.copy_gbs * 1e3 / (2 * plan.state_bytes / plan.cells)

    def run_seconds(self, plan: TunnelPlan) -> float:
        """Duration of a run until the flow is at rest."""
        return self._seconds(plan, RUN_CROSSINGS)

    def study_seconds(self, plan: TunnelPlan, evaluations: int) -> float:
        """Duration of an optimisation of so many evaluations of drag and gradient."""
        each = FORWARD_CROSSINGS + ADJOINT_COST * ADJOINT_CROSSINGS
        return self._seconds(plan, RUN_CROSSINGS - FORWARD_CROSSINGS + evaluations * each)

    def _seconds(self, plan: TunnelPlan, crossings: float) -> float:
        return crossings * plan.flow_through_steps * plan.cells / (self.mlups(plan) * 1e6)


def _measured(copy) -> float:
    """GB / s of the fastest of the copies that fit into the time."""
    copy()
    best, end = float("inf"), perf_counter() + _SECONDS
    while perf_counter() < end:
        began = perf_counter()
        copy()
        best = min(best, perf_counter() - began)
    return 2 * _COPIED / best * 1e-9


def _copy_on_cpu():
    cores = len(sched_getaffinity(0))
    source, target = np.zeros((cores, _COPIED // cores), np.uint8), np.ones((cores, _COPIED // cores), np.uint8)
    source[:] = 1  # Pages that were never written are all the same one.
    pool = ThreadPoolExecutor(cores)
    return lambda: list(pool.map(np.copyto, target, source))


def _copy_on_gpu(device: wp.Device):
    source, target = (wp.zeros(_COPIED, dtype=wp.uint8, device=device) for _ in range(2))

    def copy() -> None:
        wp.copy(target, source)
        wp.synchronize_device(device)

    return copy

"""Estimated duration of a run from the bandwidth of a memory copy, without compiling a kernel of the solver."""

from dataclasses import dataclass

import warp as wp

from ..estimate.bandwidth import ADJOINT_COST, Bandwidth
from .setup import FlowSetup

RUN_CROSSINGS = 1.6
"""Crossings of the domain by the flow until it is steady (measured: the bunny at Reynolds number 60)."""
FORWARD_CROSSINGS, ADJOINT_CROSSINGS = 0.6, 0.6
"""Crossings from one design to the next, forward and adjoint (measured likewise)."""


@dataclass(frozen=True)
class RunEstimate:
    """Bandwidth of a device, and the duration of a flow set-up on it."""

    copy_gbs: float
    """Bandwidth of a memory copy, counting bytes read and written [GB / s]."""

    @classmethod
    def of(cls, device: wp.DeviceLike = None) -> "RunEstimate":
        """Measures the bandwidth: see `Bandwidth.of`."""
        return cls(Bandwidth.of(device).copy_gbs)

    def mlups(self, plan: FlowSetup) -> float:
        """Speed [million cells per second]."""
        return plan.cells / Bandwidth(self.copy_gbs).step_seconds(plan.state_bytes) / 1e6

    def run_seconds(self, plan: FlowSetup) -> float:
        """Duration of a run to steady state [s]."""
        return self._seconds(plan, RUN_CROSSINGS)

    def study_seconds(self, plan: FlowSetup, evaluations: int) -> float:
        """Duration of an optimisation with this number of evaluations of drag and gradient [s]."""
        each = FORWARD_CROSSINGS + ADJOINT_COST * ADJOINT_CROSSINGS
        return self._seconds(plan, RUN_CROSSINGS - FORWARD_CROSSINGS + evaluations * each)

    def _seconds(self, plan: FlowSetup, crossings: float) -> float:
        return crossings * plan.flow_through_steps * plan.cells / (self.mlups(plan) * 1e6)

"""How long a run would take: from the speed of a memory copy, without compiling or running a kernel of the solver."""

from dataclasses import dataclass

import warp as wp

from ..estimate.bandwidth import ADJOINT_COST, Bandwidth
from .setup import FlowSetup

RUN_CROSSINGS = 1.6
"""Crossings of the domain by the flow until it is at rest (measured: the bunny at Reynolds number 60)."""
FORWARD_CROSSINGS, ADJOINT_CROSSINGS = 0.6, 0.6
"""The same from one design to the next, forward and backward (measured likewise)."""


@dataclass(frozen=True)
class RunEstimate:
    """What a machine does, and how long a plan takes on it."""

    copy_gbs: float
    """Bandwidth of a memory copy, read and written bytes counted [GB / s]."""

    @classmethod
    def of(cls, device: wp.DeviceLike = None) -> "RunEstimate":
        """Measures the copy: see `Bandwidth.of`."""
        return cls(Bandwidth.of(device).copy_gbs)

    def mlups(self, plan: FlowSetup) -> float:
        """Cells advanced by a step in a second, in millions."""
        return plan.cells / Bandwidth(self.copy_gbs).step_seconds(plan.state_bytes) / 1e6

    def run_seconds(self, plan: FlowSetup) -> float:
        """Duration of a run until the flow is at rest."""
        return self._seconds(plan, RUN_CROSSINGS)

    def study_seconds(self, plan: FlowSetup, evaluations: int) -> float:
        """Duration of an optimisation of so many evaluations of drag and gradient."""
        each = FORWARD_CROSSINGS + ADJOINT_COST * ADJOINT_CROSSINGS
        return self._seconds(plan, RUN_CROSSINGS - FORWARD_CROSSINGS + evaluations * each)

    def _seconds(self, plan: FlowSetup, crossings: float) -> float:
        return crossings * plan.flow_through_steps * plan.cells / (self.mlups(plan) * 1e6)

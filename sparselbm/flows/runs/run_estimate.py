"""Estimated memory and duration of a run from the bandwidth of a memory copy, without compiling a kernel of the solver."""

from dataclasses import dataclass

from ...estimate.bandwidth import ADJOINT_COST

RUN_CROSSINGS = 1.6
"""Crossings of the domain by the flow until it is steady (measured: the bunny at Reynolds number 60)."""
FORWARD_CROSSINGS, ADJOINT_CROSSINGS = 0.6, 0.6
"""Crossings from one design to the next, forward and adjoint (measured in the same way)."""


@dataclass(frozen=True, kw_only=True)
class RunEstimate:
    """Memory, speed and duration of a flow set-up on a device. Made by `FlowSetup.estimate`."""

    memory: int
    """Memory of a run without gradient [bytes]."""
    gradient_memory: int
    """Memory of a run with steady gradients [bytes]."""
    copy_gbs: float
    """Bandwidth of a memory copy on the device, counting bytes read and written [GB / s]."""
    cells: int
    """Number of cells of all tiles."""
    flow_through_steps: int
    """Number of steps in which the incoming flow crosses the domain."""
    step_seconds: float
    """Duration of a step [s]."""

    @property
    def mlups(self) -> float:
        """Speed [million cells per second]."""
        return self.cells / self.step_seconds / 1e6

    @property
    def run_seconds(self) -> float:
        """Duration of a run to steady state [s]."""
        return self._seconds(RUN_CROSSINGS)

    def seconds_of(self, steps: int) -> float:
        """Duration of a number of steps [s]."""
        return steps * self.step_seconds

    def optimisation_seconds(self, evaluations: int) -> float:
        """Duration of an optimisation with this number of evaluations of the objective and its gradient [s]."""
        each = FORWARD_CROSSINGS + ADJOINT_COST * ADJOINT_CROSSINGS
        return self._seconds(RUN_CROSSINGS - FORWARD_CROSSINGS + evaluations * each)

    def _seconds(self, crossings: float) -> float:
        return crossings * self.flow_through_steps * self.step_seconds

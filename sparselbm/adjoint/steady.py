"""Adjoint of a steady flow."""

from dataclasses import dataclass, field
from typing import ClassVar

import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from .anderson import Anderson
from .convergence_probe import INTERVAL_STEPS, ConvergenceProbe
from .fixed_point import FixedPoint
from .forward_record import ForwardRecord
from .input_checksums import checksum
from .method import AdjointMethod
from .work import GradientWork

_ADVICE = "the flow may not be steady; run more steps first, or use Checkpointed"
_NO_PRESSURE = (
    "; a partially saturated body reaches the boundary of a domain that conserves its mass: the force on it along the normal "
    "of the boundary contains the pressure of the fluid, which changes for some 100,000 steps while the solid takes up mass. "
    "Set the pressure by an outlet, or end the body four cells from the boundary"
)


@dataclass(frozen=True)
class Steady(AdjointMethod):
    """Solves lambda = (d step / d f)^T lambda + d h / d f at the converged state, by fixed-point iteration.

    The run of `steps` first brings the flow to steady state; then the transpose of the step is applied, in intervals of 100
    iterations whose results are mixed. After k plain iterations the gradient is that of the objective k steps after a change
    of design, so that it converges as the flow does. The error of each number that was asked for is estimated from its changes
    over successive intervals. The gradient counts as converged when every estimate is below `tolerance` times the largest number
    of its array, twice in a row (see `GradientError` for sums that cancel); `value_and_grad` returns the estimates. Memory: two
    states, two lambdas and the arrays of the acceleration, independent of the number of steps. The objective is that of the
    final state; a window has no effect. In cells that are wholly solid lambda hardly converges; the terms of
    `GradientError` leave them out.

    Where mass is conserved, its adjoint m is a fixed point of the transpose: lambda grows along m without limit, and m has no
    effect on changes that conserve the mass. It is projected out, so that the gradient is that at constant mass; the same holds
    for the amount of each scalar. The lift of a partially saturated body on the boundary of such a domain has no steady state,
    and no gradient here: it contains the pressure of the fluid, which changes for some 100,000 steps while the solid takes up
    mass.
    """

    forgets_start: ClassVar[bool] = True

    tolerance: float = 1e-3
    """Largest estimated error of any number of a gradient, relative to the largest number of its array."""
    iterations: int = 50_000
    """Limit beyond which AdjointError is raised."""
    flow_tolerance: float = 1e-3
    """Estimated relative distance of the populations from their steady state, beyond which AdjointError is raised."""
    acceleration: Anderson = field(default_factory=Anderson)
    """Mixing of the results of intervals; `Anderson(depth=0)`: none."""

    def work(self, simulation, steps):
        states = 2 + self.acceleration.states
        return GradientWork(states * simulation.state.nbytes, 0, 0, steps, steps + 2 * INTERVAL_STEPS, self.iterations)

    def run(self, simulation, evaluation, steps, window):
        simulation.run(steps)
        if evaluation is not None:
            evaluation.add(simulation.state.populations)
        state = simulation.state.populations
        return _SteadyState(self, simulation, state, simulation.steps, checksum(state))


@dataclass(frozen=True, eq=False)
class _SteadyState(ForwardRecord):
    """Converged state of a flow."""

    method: Steady
    simulation: Simulation
    state: wp.array
    """Array of the simulation itself: a copy would need the memory of another state."""
    step: int
    recorded: int
    """Checksum of the state."""

    def back(self, sweep):
        self._require_unchanged()
        probe = ConvergenceProbe(self.simulation, sweep, self.state, self.step)
        self._require_steady(probe)
        conserved = probe.conserved()
        advice = _ADVICE + (_NO_PRESSURE if 0 in conserved and self.simulation.solids.reach_boundary() else "")
        fixed_point = FixedPoint(self.method.tolerance, self.method.iterations, self.method.acceleration, advice)
        fixed_point.solve(probe, conserved)
        self._require_unchanged()

    def _require_unchanged(self) -> None:
        if checksum(self.state) != self.recorded:
            raise AdjointError(
                f"the state after {self.step} steps, at which Steady computes its gradient, was overwritten before the backward "
                "pass, by further steps or another initial state: run the backward pass first"
            )

    def _require_steady(self, probe: ConvergenceProbe) -> None:
        distance, limit = probe.distance_from_steady(), self.method.flow_tolerance
        if not distance < limit:
            raise AdjointError(
                f"the flow is still {distance:.1e} of its norm from steady state, limit {limit:.1e}: "
                "run more steps before a steady gradient, or use Checkpointed"
            )

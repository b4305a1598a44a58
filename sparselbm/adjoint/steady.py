"""The adjoint of a flow that has settled."""

from dataclasses import dataclass, field
from typing import ClassVar

import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from .anderson import Anderson
from .convergence_probe import STRETCH_STEPS, ConvergenceProbe
from .fixed_point import FixedPoint
from .forward_record import ForwardRecord
from .method import AdjointMethod
from .recorded import checksum
from .work import GradientWork


@dataclass(frozen=True)
class Steady(AdjointMethod):
    """Solves lambda = (d step / d f)^T lambda + d h / d f at the converged state, by fixed-point iteration.

    The run of `steps` first brings the flow to rest in time; then the step's own transpose is applied, in stretches of 100
    iterations whose results are mixed. After k plain iterations the gradient is that of the objective k steps after a change
    of design, so that it settles as the flow does. From its changes over stretches follows what is still to come; it counts
    as converged when that is below `tolerance` twice in a row. Memory: two states, two lambdas and what the acceleration
    keeps, however many steps. The objective is that of the final state; a window changes nothing. The fractions of cells
    that are wholly solid are the exception: nothing settles there.

    Where mass is conserved, its adjoint m is a fixed point of the transpose: lambda grows along m for ever, and m acts on
    nothing that keeps the mass. It is projected out, so that the gradient is the one at constant mass; likewise for the
    amount of each scalar.
    """

    forgets_start: ClassVar[bool] = True

    tolerance: float = 1e-3
    """Estimated relative error of the gradient."""
    iterations: int = 50_000
    """Limit beyond which AdjointError is raised."""
    flow_tolerance: float = 1e-3
    """Estimated relative distance of the populations from their steady state, beyond which AdjointError is raised."""
    acceleration: Anderson = field(default_factory=Anderson)
    """How the results of stretches are mixed; `Anderson(depth=0)`: not at all."""

    def work(self, simulation, steps):
        kept = 2 + self.acceleration.states
        return GradientWork(kept * simulation.state.nbytes, 0, 0, steps, steps + 2 * STRETCH_STEPS, self.iterations)

    def run(self, simulation, evaluation, steps, window):
        simulation.run(steps)
        if evaluation is not None:
            evaluation.add(simulation.state.populations)
        state = simulation.state.populations
        return _AtRest(self, simulation, state, simulation.steps, checksum(state))


@dataclass(frozen=True, eq=False)
class _AtRest(ForwardRecord):
    """The state that a flow has settled in."""

    plan: Steady
    simulation: Simulation
    state: wp.array
    """The simulation's own array: a copy would be one more of them."""
    step: int
    seen: int
    """Its checksum."""

    def back(self, reverse):
        self._require_untouched()
        look = ConvergenceProbe(self.simulation, reverse, self.state, self.step)
        self._require_steady(look)
        fixed_point = FixedPoint(
            self.plan.tolerance, self.plan.iterations, self.plan.acceleration,
            "the flow may not be steady; run more steps first, or use Checkpointed",
        )
        fixed_point.solve(look, look.conserved())
        self._require_untouched()

    def _require_untouched(self) -> None:
        if checksum(self.state) != self.seen:
            raise AdjointError(
                f"the state after {self.step} steps, about which Steady takes its gradient, was overwritten before the backward "
                "pass, by further steps or another start: go back first"
            )

    def _require_steady(self, look: ConvergenceProbe) -> None:
        distance, limit = look.distance_from_steady(), self.plan.flow_tolerance
        if not distance < limit:
            raise AdjointError(
                f"the flow is still {distance:.1e} of its norm from steady, limit {limit:.1e}: "
                "run more steps before a steady gradient, or use Checkpointed"
            )

"""The adjoint of a flow that has settled."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ..boundary import PressureOutlet, VelocityInlet
from ..memory import summed, sums_array
from ..simulation import Simulation
from ..step import change_kernel, shift_kernel
from .plan import Plan
from .reverse import AdjointError

_EVERY = 100
"""Iterations between looks at the gradient."""


@dataclass(frozen=True)
class Steady(Plan):
    """Solves lambda = (d step / d f)^T lambda + d h / d f at the converged state, by fixed-point iteration.

    The run of `steps` first brings the flow to rest in time; then the step's own transpose is applied. After k iterations
    the gradient is that of the objective k steps after a change of design, so that it settles as the flow does: it counts
    as converged when it changed by less than `tolerance` of its norm over each of the last two stretches of 100 iterations.
    Memory: two states and two lambdas, however many steps. Where nothing flows in or out, lambda's mean (the adjoint of
    the conserved mass) grows for ever and acts on nothing: it is projected out.
    """

    tolerance: float = 1e-3
    """Relative change of the gradient over a stretch."""
    iterations: int = 50_000
    """Limit beyond which AdjointError is raised."""
    flow_tolerance: float = 1e-4
    """Change of the populations in a step over their norm, beyond which the flow counts as unsteady."""

    def run(self, simulation, reverse, evaluation, steps, window):
        simulation.run(steps)
        if evaluation is not None:
            evaluation.add(simulation.state)
        look = _Look(simulation)
        self._require_steady(simulation, look)
        closed = not any(isinstance(b, VelocityInlet | PressureOutlet) for b in simulation.physics.boundaries)
        state, before, change, calm = simulation.state, None, float("inf"), 0
        for k in range(1, self.iterations + 1):
            gather = k % _EVERY == 0
            if gather:
                reverse.clear_gathered()
            reverse.inject(state, 1.0, gather=gather)
            reverse.back(state, gather=gather)
            if gather:
                before, change = reverse.gathered(), relative_change(reverse.gathered(), before)
                if not np.isfinite(change) and k > _EVERY:
                    raise AdjointError(f"the adjoint grew beyond all bounds by iteration {k}: the flow is not steady; use Checkpointed")
                calm = calm + 1 if change < self.tolerance else 0
                if calm == 2:
                    return
                if closed:
                    look.remove_mean(reverse.adjoint)
        raise AdjointError(
            f"the gradient still changes by {change:.1e} of its norm after {self.iterations} iterations, limit "
            f"{self.tolerance:.1e}: run more steps first, allow more iterations, or use Checkpointed"
        )

    def _require_steady(self, simulation: Simulation, look: "_Look") -> None:
        change = look.step_change()
        if not change < self.flow_tolerance:
            raise AdjointError(
                f"the flow still changes by {change:.1e} of its norm in a step, limit {self.flow_tolerance:.1e}: "
                "run more steps before a steady gradient, or use Checkpointed"
            )


def relative_change(now: tuple[np.ndarray, ...], before: tuple[np.ndarray, ...] | None) -> float:
    """Largest of |a - b| / |a| over pairs of arrays; infinite without a `before`."""
    if before is None:
        return float("inf")
    return max(float(np.linalg.norm(a - b) / (np.linalg.norm(a) or 1.0)) for a, b in zip(now, before, strict=True))


class _Look:
    """Norms of population arrays and of their changes, over the fluid."""

    def __init__(self, simulation: Simulation):
        self._simulation = simulation
        self._sums = sums_array(simulation.domain, 3)
        self._sweep = simulation.general_sweep(change_kernel)
        self._shift = simulation.general_sweep(shift_kernel)

    def _summed(self, now: wp.array, before: wp.array) -> np.ndarray:
        self._sums.zero_()
        self._sweep(source=before, adjoint=now, sums=self._sums, weight=1.0)
        return summed(self._sums, self._simulation.domain, 3)

    def remove_mean(self, array: wp.array) -> None:
        """Takes the mean over the fluid out of a population array."""
        total = self._summed(array, array)[0]
        count = self._simulation.domain.fluid_cells * self._simulation.lattice.size
        self._shift(target=array, weight=-total / count)

    def step_change(self) -> float:
        """The change of the state in one more step over its norm."""
        before = self._simulation.state
        self._simulation.run(1)
        _, square, change = self._summed(self._simulation.state, before)
        return (change / square) ** 0.5 if square > 0.0 else 0.0

"""The adjoint of a flow that has settled."""

from dataclasses import dataclass

import warp as wp

from ..boundary import PressureOutlet, VelocityInlet
from ..memory import summed, sums_array
from ..simulation import Simulation
from ..step import change_kernel, shift_kernel
from .plan import Plan
from .reverse import AdjointError

_EVERY = 50
"""Iterations between looks at the residual: a look reads both lambdas."""


@dataclass(frozen=True)
class Steady(Plan):
    """Solves lambda = (d step / d f)^T lambda + d h / d f at the converged state, by fixed-point iteration.

    The run of `steps` first brings the flow to rest in time; then the step's own transpose is applied until the error of
    lambda, estimated from the rate at which its change shrinks, is below `tolerance`. Memory: two states and two
    lambdas, however many steps. Where nothing flows in or out, lambda's mean (the adjoint of the conserved mass) grows
    for ever and acts on nothing: it is projected out.
    """

    tolerance: float = 1e-4
    """Estimated relative error of lambda at which it counts as converged."""
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
        reverse.inject(simulation.state, 1.0)
        closed = not any(isinstance(b, VelocityInlet | PressureOutlet) for b in simulation.physics.boundaries)
        last = None
        for k in range(1, self.iterations + 1):
            reverse.back(simulation.state, gather=False)
            reverse.inject(simulation.state, 1.0, gather=False)
            if k % _EVERY == 0:
                change = look.change(reverse.adjoint, reverse.previous, remove_mean=closed)
                if not change < 1e3:
                    raise AdjointError(f"the adjoint grew without bound by iteration {k}: the flow is not steady; use Checkpointed")
                if last is not None and _error(change, last) < self.tolerance:
                    return reverse.back(simulation.state)
                last = change
        raise AdjointError(
            f"the adjoint still changes by {last:.1e} of its norm after {self.iterations} iterations: "
            "run more steps first, allow more iterations, or use Checkpointed"
        )

    def _require_steady(self, simulation: Simulation, look: "_Look") -> None:
        change = look.step_change()
        if not change < self.flow_tolerance:
            raise AdjointError(
                f"the flow still changes by {change:.1e} of its norm in a step, limit {self.flow_tolerance:.1e}: "
                "run more steps before a steady gradient, or use Checkpointed"
            )


def _error(change: float, last: float) -> float:
    """What a geometric series still has to add, from two changes `_EVERY` iterations apart."""
    rate = (change / last) ** (1.0 / _EVERY) if last else 0.0
    return change * rate / (1.0 - rate) if rate < 1.0 else change * _EVERY


class _Look:
    """Norms of population arrays and of their changes, over the fluid."""

    def __init__(self, simulation: Simulation):
        self._simulation = simulation
        self._sums = sums_array(simulation.domain, 4)
        self._sweep = simulation.general_sweep(change_kernel)
        self._shift = simulation.general_sweep(shift_kernel)
        self._count = simulation.domain.fluid_cells * simulation.lattice.size

    def change(self, now: wp.array, before: wp.array, remove_mean: bool = False) -> float:
        """|now - before| / |now|, both less their mean where asked, which is then taken out of `now`."""
        self._sums.zero_()
        self._sweep(source=before, adjoint=now, sums=self._sums, weight=1.0)
        square, mean, change_square, change_mean = summed(self._sums, self._simulation.domain, 4)
        if remove_mean:
            square -= mean**2 / self._count
            change_square -= change_mean**2 / self._count
            self._shift(target=now, weight=-mean / self._count)
        return (max(change_square, 0.0) / square) ** 0.5 if square > 0.0 else 0.0

    def step_change(self) -> float:
        """The change of the state in one more step."""
        simulation = self._simulation
        before = simulation.state
        simulation.run(1)
        return self.change(simulation.state, before)

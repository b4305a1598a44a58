"""The adjoint of a flow that has settled."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from ..memory import summed, sums_array
from ..simulation import Simulation
from ..step import change_kernel, mass_adjoint_kernel
from .plan import Plan
from .reverse import AdjointError, Reverse

_EVERY = 50
"""Iterations between looks at the residual: a look reads both lambdas."""

_ROUNDING = {wp.float32: 3e-6, wp.float64: 1e-12}
"""Relative change of the mass's adjoint in a step back below which mass is conserved; an outlet gives 1e-4 and more."""


@dataclass(frozen=True)
class Steady(Plan):
    """Solves lambda = (d step / d f)^T lambda + d h / d f at the converged state, by fixed-point iteration.

    The run of `steps` first brings the flow to rest in time; then the step's own transpose is applied until the error of
    lambda, estimated from the rate at which its change shrinks, is below `tolerance`. Memory: two states and two
    lambdas, however many steps. The objective is that of the final state; a window changes nothing.

    Where mass is conserved, its adjoint m is a fixed point of the transpose: lambda grows along m for ever, and m acts on
    nothing that keeps the mass. It is projected out, so that the gradient is the one at constant mass.
    """

    tolerance: float = 1e-4
    """Estimated relative error of lambda at which it counts as converged."""
    iterations: int = 50_000
    """Limit beyond which AdjointError is raised."""
    flow_tolerance: float = 1e-3
    """Estimated relative distance of the populations from their steady state, beyond which AdjointError is raised."""

    def run(self, simulation, reverse, evaluation, steps, window):
        simulation.run(steps)
        if evaluation is not None:
            evaluation.add(simulation.state)
        look = _Look(simulation)
        self._require_steady(simulation, look)
        closed = look.conserves_mass(reverse)
        reverse.inject(simulation.state, 1.0)
        change = last = np.inf
        for k in range(1, self.iterations + 1):
            reverse.back(simulation.state, gather=False)
            reverse.inject(simulation.state, 1.0, gather=False)
            if k % _EVERY == 0:
                change, last = look.change(reverse.adjoint, reverse.previous, remove_mass=closed), change
                if not np.isfinite(change):
                    raise AdjointError(f"the adjoint grew without bound by iteration {k}: the flow is not steady; use Checkpointed")
                if _error(change, last) < self.tolerance:
                    return reverse.back(simulation.state)
        raise AdjointError(
            f"the adjoint is still {_error(change, last):.1e} of its norm from converged after {self.iterations} iterations, "
            f"tolerance {self.tolerance:.1e}: run more steps first, allow more iterations, or use Checkpointed"
        )

    def _require_steady(self, simulation: Simulation, look: "_Look") -> None:
        distance = look.distance_from_steady()
        if not distance < self.flow_tolerance:
            raise AdjointError(
                f"the flow is still {distance:.1e} of its norm from steady, limit {self.flow_tolerance:.1e}: "
                "run more steps before a steady gradient, or use Checkpointed"
            )


def _error(change: float, last: float) -> float:
    """What a geometric series still has to add, from two changes `_EVERY` iterations apart."""
    if not np.isfinite(last) or last == 0.0:
        return change if last == 0.0 else np.inf
    rate = (change / last) ** (1.0 / _EVERY)
    return change * rate / (1.0 - rate) if rate < 1.0 else change * _EVERY


class _Look:
    """Norms of population arrays and of their changes, over the fluid."""

    def __init__(self, simulation: Simulation):
        self._simulation = simulation
        self._sums = sums_array(simulation.domain, 5)
        self._sweep = simulation.general_sweep(change_kernel)
        self._add_mass = simulation.general_sweep(mass_adjoint_kernel)

    def change(self, now: wp.array, before: wp.array, remove_mass: bool = False) -> float:
        """|now - before| / |now|, both without their part along m where asked, which is then taken out of `now`."""
        self._sums.zero_()
        self._sweep(source=before, adjoint=now, solid=self._simulation.solid, sums=self._sums, weight=1.0)
        square, along, change_square, change_along, mass_square = summed(self._sums, self._simulation.domain, 5)
        if remove_mass:
            square -= along**2 / mass_square
            change_square -= change_along**2 / mass_square
            self._add_mass(target=now, weight=-along / mass_square)
        return (max(change_square, 0.0) / square) ** 0.5 if square != 0.0 else 0.0

    def conserves_mass(self, reverse: Reverse) -> bool:
        """Whether m is a fixed point of a step back; leaves lambda 0."""
        state = self._simulation.state
        self._add_mass(target=reverse.adjoint, weight=1.0)
        reverse.back(state, gather=False)
        change = self.change(reverse.adjoint, reverse.previous)
        reverse.adjoint.zero_()
        return change < _ROUNDING[self._simulation.precision]

    def distance_from_steady(self) -> float:
        """What the state would still change, relative to its norm, by looking ahead without touching it."""
        before, after = self._simulation.new_state(), self._simulation.new_state()
        wp.copy(before, self._simulation.state)
        changes = []
        for k in range(_EVERY + 1):
            self._simulation.advance(before, after)
            if k % _EVERY == 0:
                changes.append(self.change(after, before))
            before, after = after, before
        return _error(changes[1], changes[0])

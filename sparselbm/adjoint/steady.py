"""The adjoint of a flow that has settled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..memory import summed, sums_array
from ..simulation import Simulation
from ..step import amount_adjoint_kernel, change_kernel
from .plan import Plan
from .reverse import AdjointError, Reverse

_EVERY = 100
"""Steps of a stretch, between looks at the gradient or at the flow."""

_LONGEST = 200
"""Time constant of the slowest decay that an estimate believes in [stretches]; slower is taken for rounding."""

_ROUNDING = {wp.float32: 3e-6, wp.float64: 1e-12}
"""Relative change of the mass's adjoint in a step back below which mass is conserved; an outlet gives 1e-4 and more."""


@dataclass(frozen=True)
class Steady(Plan):
    """Solves lambda = (d step / d f)^T lambda + d h / d f at the converged state, by fixed-point iteration.

    The run of `steps` first brings the flow to rest in time; then the step's own transpose is applied. After k iterations
    the gradient is that of the objective k steps after a change of design, so that it settles as the flow does. From its
    changes over stretches of 100 iterations follows what is still to come; it counts as converged when that is below
    `tolerance` twice in a row. Memory: two states and two lambdas, however many steps. The objective is that of the final
    state; a window changes nothing. The fractions of cells that are wholly solid are the exception: nothing settles there.

    Where mass is conserved, its adjoint m is a fixed point of the transpose: lambda grows along m for ever, and m acts on
    nothing that keeps the mass. It is projected out, so that the gradient is the one at constant mass; likewise for the
    amount of each scalar.
    """

    tolerance: float = 1e-3
    """Estimated relative error of the gradient."""
    iterations: int = 50_000
    """Limit beyond which AdjointError is raised."""
    flow_tolerance: float = 1e-3
    """Estimated relative distance of the populations from their steady state, beyond which AdjointError is raised."""

    def run(self, simulation, reverse, evaluation, steps, window):
        simulation.run(steps)
        if evaluation is not None:
            evaluation.add(simulation.state)
        look = _Look(simulation, reverse)
        self._require_steady(look)
        closed = look.conserved()
        state, before, change, calm = simulation.state, None, np.inf, 0
        for k in range(1, self.iterations + 1):
            gather = k % _EVERY == 0
            if gather:
                reverse.clear_gathered()
            reverse.inject(state, 1.0, simulation.steps, gather=gather)
            reverse.back(state, simulation.steps, gather=gather)
            if gather:
                now, last = reverse.gathered(), change
                change = relative_change(now, before)
                if not all(np.isfinite(part).all() for part in now):
                    raise AdjointError(
                        f"the adjoint grew beyond all bounds by iteration {k}: the flow is not steady; use Checkpointed"
                    )
                calm = calm + 1 if still_to_come(change, last) < self.tolerance else 0
                if calm == 2:
                    return
                before = now
                look.remove(closed, reverse.adjoint)
        raise AdjointError(
            f"the gradient still changes by {change:.1e} of its norm in {_EVERY} iterations after {self.iterations}, tolerance "
            f"{self.tolerance:.1e}: run more steps first, allow more iterations, or use Checkpointed"
        )

    def _require_steady(self, look: "_Look") -> None:
        distance = look.distance_from_steady()
        if not distance < self.flow_tolerance:
            raise AdjointError(
                f"the flow is still {distance:.1e} of its norm from steady, limit {self.flow_tolerance:.1e}: "
                "run more steps before a steady gradient, or use Checkpointed"
            )


def relative_change(now: tuple[np.ndarray, ...], before: tuple[np.ndarray, ...] | None) -> float:
    """Largest of |a - b| / |a| over pairs of arrays; infinite without a `before`."""
    if before is None:
        return np.inf
    pairs = zip(now, before, strict=True)
    return max((float(np.linalg.norm(a - b) / (np.linalg.norm(a) or 1.0)) for a, b in pairs), default=0.0)


def still_to_come(change: float, last: float) -> float:
    """The rest of a geometric series, from its last two terms, the changes over two stretches."""
    if change == 0.0 or not np.isfinite(last):
        return change
    rate = min(change / last, 1.0 - 1.0 / _LONGEST) if last > 0.0 else 0.0
    return change * rate / (1.0 - rate)


class _Look:
    """Norms of population arrays and of their changes, over the fluid; allocates no array of its own."""

    def __init__(self, simulation: Simulation, reverse: Reverse):
        self._simulation, self._reverse = simulation, reverse
        self._blocks = len(simulation.physics.blocks)
        self._sums = sums_array(simulation.domain, 4 * self._blocks)
        self._sweep = simulation.general_sweep(change_kernel)
        self._add = [simulation.general_sweep(amount_adjoint_kernel, k) for k in range(self._blocks)]

    def _summed(self, now: wp.array, before: wp.array) -> np.ndarray:
        """The sums of `change_kernel`, (blocks, 4)."""
        self._sums.zero_()
        self._sweep(source=before, adjoint=now, solid=self._simulation.solid, sums=self._sums, weight=1.0)
        return summed(self._sums, self._simulation.domain, 4 * self._blocks).reshape(-1, 4)

    def _changes(self, now: wp.array, before: wp.array) -> np.ndarray:
        """Relative change of the flow's populations and of each scalar's."""
        square, change = self._summed(now, before).T[:2]
        return np.sqrt(change / np.where(square > 0.0, square, np.inf))

    def _add_amount(self, k: int, array: wp.array, weight: float) -> None:
        # A condition may be nonlinear, so that the amount's adjoint depends on the state.
        self._add[k](source=self._simulation.state, solid=self._simulation.solid, target=array, weight=weight)

    def remove(self, blocks: Sequence[int], array: wp.array) -> None:
        """Takes the parts along the adjoints of what is conserved out of a population array."""
        for k in blocks:
            _, _, along, amount_square = self._summed(array, array)[k]
            self._add_amount(k, array, -along / amount_square)

    def conserved(self) -> list[int]:
        """Which amounts, the mass (0) and those of scalars, have an adjoint that a step back leaves as it is; leaves lambda 0."""
        reverse, before, found = self._reverse, self._simulation.spare, []
        for k in range(self._blocks):
            self._add_amount(k, reverse.adjoint, 1.0)
            wp.copy(before, reverse.adjoint)
            reverse.back(self._simulation.state, self._simulation.steps, gather=False)
            square, change = self._summed(reverse.adjoint, before).sum(axis=0)[:2]
            reverse.clear()
            if change < _ROUNDING[self._simulation.precision] ** 2 * square:
                found.append(k)
        return found

    def distance_from_steady(self) -> float:
        """What the state would still change, relative to its norm, by looking ahead without touching it; leaves lambda 0."""
        anchor, now, spare = self._simulation.spare, self._reverse.adjoint, self._reverse.spare
        wp.copy(now, self._simulation.state)
        changes = []
        for _ in range(2):
            wp.copy(anchor, now)
            for _ in range(_EVERY // 2):
                self._simulation.advance(now, spare, self._simulation.steps)
                self._simulation.advance(spare, now, self._simulation.steps)
            changes.append(self._changes(now, anchor))
        now.zero_()
        return max(still_to_come(float(late), float(early)) for early, late in zip(*changes, strict=True))

"""Norms of flows and of lambda, and when a sequence has settled."""

from collections.abc import Sequence

import numpy as np
import warp as wp

from ..grid.memory import summed, sums_array
from ..kernels.amounts import amount_adjoint_kernel, change_kernel
from ..solver import Simulation
from .sweep import BackwardSweep

STRETCH_STEPS = 100
"""Steps of a stretch, between looks at the gradient or at the flow."""

_LONGEST = 200
"""Time constant of the slowest decay that an estimate believes in [stretches]; slower is taken for rounding."""

_ROUNDING = {wp.float32: 3e-6, wp.float64: 1e-12}
"""Relative change of the mass's adjoint in a step back below which mass is conserved; an outlet gives 1e-4 and more."""


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


class ConvergenceProbe:
    """Norms of population arrays and of their changes, over the fluid, about a state; allocates no array of its own."""

    def __init__(self, simulation: Simulation, reverse: BackwardSweep, state: wp.array, step: int):
        """`state`: the one after `step` steps, which stays."""
        self.simulation, self.reverse = simulation, reverse
        self.state, self.step = state, step
        self._blocks = len(simulation.physics.blocks)
        self._sums = sums_array(simulation.domain, 4 * self._blocks)
        self._sweep = simulation.passes.general(change_kernel)
        self._add = [simulation.passes.general(amount_adjoint_kernel, k) for k in range(self._blocks)]

    def _summed(self, now: wp.array, before: wp.array) -> np.ndarray:
        """The sums of `change_kernel`, (blocks, 4)."""
        self._sums.zero_()
        self._sweep(step=self.step, source=before, adjoint=now, sums=self._sums, weight=1.0)
        return summed(self._sums).reshape(-1, 4)

    def _changes(self, now: wp.array, before: wp.array) -> np.ndarray:
        """Relative change of the flow's populations and of each scalar's."""
        square, change = self._summed(now, before).T[:2]
        return np.sqrt(change / np.where(square > 0.0, square, np.inf))

    def _add_amount(self, k: int, array: wp.array, weight: float) -> None:
        # A condition may be nonlinear, so that the amount's adjoint depends on the state.
        self._add[k](step=self.step, source=self.state, target=array, weight=weight)

    def remove(self, blocks: Sequence[int], array: wp.array) -> None:
        """Takes the parts along the adjoints of what is conserved out of a population array."""
        for k in blocks:
            _, _, along, amount_square = self._summed(array, array)[k]
            self._add_amount(k, array, -along / amount_square)

    def conserved(self) -> list[int]:
        """Which amounts, the mass (0) and those of scalars, have an adjoint that a step back leaves as it is; leaves lambda 0."""
        reverse, found = self.reverse, []
        for k in range(self._blocks):
            self._add_amount(k, reverse.adjoint, 1.0)
            with self.simulation.state.scratch() as before:
                wp.copy(before, reverse.adjoint)
                reverse.back(self.state, self.step, gather=False)
                square, change = self._summed(reverse.adjoint, before).sum(axis=0)[:2]
            reverse.clear()
            if change < _ROUNDING[self.simulation.precision] ** 2 * square:
                found.append(k)
        return found

    def distance_from_steady(self) -> float:
        """What the state would still change, relative to its norm, by looking ahead without touching it; leaves lambda 0."""
        now, spare = self.reverse.adjoint, self.reverse.spare
        wp.copy(now, self.state)
        changes = []
        with self.simulation.state.scratch() as anchor:
            for _ in range(2):
                wp.copy(anchor, now)
                for _ in range(STRETCH_STEPS // 2):
                    self.simulation.stepper.advance(now, spare, self.step)
                    self.simulation.stepper.advance(spare, now, self.step)
                changes.append(self._changes(now, anchor))
        now.zero_()
        return max(still_to_come(float(late), float(early)) for early, late in zip(*changes, strict=True))

"""Norms of flows and of lambda, and estimates of convergence."""

from collections.abc import Sequence

import numpy as np
import warp as wp

from ..grid.memory import summed, sums_array
from ..kernels.amounts import amount_adjoint_kernel, change_kernel
from ..solver import Simulation
from .sweep import BackwardSweep

INTERVAL_STEPS = 100
"""Steps of an interval between checks of the gradient or of the flow."""

_LONGEST = 200
"""Largest time constant of a decay that an estimate assumes [intervals]; slower changes are attributed to rounding."""

_ROUNDING = {wp.float32: 3e-6, wp.float64: 1e-12}
"""Relative change of the adjoint of the mass in a step back below which mass is conserved; with an outlet it is 1e-4 or more."""


def still_to_come(change: float, last: float) -> float:
    """Remainder of a geometric series, from its last two terms, the changes over two intervals."""
    if change == 0.0 or not np.isfinite(last):
        return change
    rate = min(change / last, 1.0 - 1.0 / _LONGEST) if last > 0.0 else 0.0
    return change * rate / (1.0 - rate)


class ConvergenceProbe:
    """Norms of population arrays and of their changes over the fluid, for one state; allocates no array of its own."""

    def __init__(self, simulation: Simulation, sweep: BackwardSweep, state: wp.array, step: int):
        """`state`: the state after `step` steps, which is not modified."""
        self.simulation, self.sweep = simulation, sweep
        self.state, self.step = state, step
        self._blocks = len(simulation.physics.blocks)
        self._sums = sums_array(simulation.domain, 4 * self._blocks)
        self._change = simulation.passes.general(change_kernel)
        self._add = [simulation.passes.general(amount_adjoint_kernel, k) for k in range(self._blocks)]

    def _summed(self, now: wp.array, before: wp.array) -> np.ndarray:
        """Sums of `change_kernel`, (blocks, 4)."""
        self._sums.zero_()
        self._change(step=self.step, source=before, adjoint=now, sums=self._sums, weight=1.0)
        return summed(self._sums).reshape(-1, 4)

    def _changes(self, now: wp.array, before: wp.array) -> np.ndarray:
        """Relative change of the populations of the flow and of each scalar."""
        square, change = self._summed(now, before).T[:2]
        return np.sqrt(change / np.where(square > 0.0, square, np.inf))

    def _add_amount(self, k: int, array: wp.array, weight: float) -> None:
        # A boundary condition can be nonlinear, so that the adjoint of the amount depends on the state.
        self._add[k](step=self.step, source=self.state, target=array, weight=weight)

    def remove(self, blocks: Sequence[int], array: wp.array) -> None:
        """Removes the components along the adjoints of the conserved amounts from a population array."""
        for k in blocks:
            _, _, along, amount_square = self._summed(array, array)[k]
            self._add_amount(k, array, -along / amount_square)

    def conserved(self) -> list[int]:
        """Amounts, the mass (0) and those of scalars, whose adjoint is unchanged by a step back; sets lambda to 0."""
        sweep, found = self.sweep, []
        for k in range(self._blocks):
            self._add_amount(k, sweep.adjoint, 1.0)
            with self.simulation.state.scratch() as before:
                wp.copy(before, sweep.adjoint)
                sweep.back(self.state, self.step, gather=False)
                square, change = self._summed(sweep.adjoint, before).sum(axis=0)[:2]
            sweep.clear()
            if change < _ROUNDING[self.simulation.precision] ** 2 * square:
                found.append(k)
        return found

    def distance_from_steady(self) -> float:
        """Estimated remaining change of the state, relative to its norm, by steps ahead in other arrays; sets lambda to 0."""
        now, spare = self.sweep.adjoint, self.sweep.spare
        wp.copy(now, self.state)
        changes = []
        with self.simulation.state.scratch() as anchor:
            for _ in range(2):
                wp.copy(anchor, now)
                for _ in range(INTERVAL_STEPS // 2):
                    self.simulation.stepper.advance(now, spare, self.step)
                    self.simulation.stepper.advance(spare, now, self.step)
                changes.append(self._changes(now, anchor))
        now.zero_()
        return max(still_to_come(float(late), float(early)) for early, late in zip(*changes, strict=True))

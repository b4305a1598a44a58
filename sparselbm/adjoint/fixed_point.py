"""The fixed point of lambda at a state that stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from ..solver.open_cells import open_cells
from .anderson import Anderson, Mixing
from .convergence_probe import STRETCH_STEPS, ConvergenceProbe, relative_change, still_to_come
from .gradient_guard import GrowthMonitor


@dataclass(frozen=True)
class FixedPoint:
    """Solves lambda = (d step / d f)^T lambda + d h / d f at a state, in stretches of iterations whose results are mixed."""

    tolerance: float
    """Estimated relative error of the gradient."""
    iterations: int
    """Limit beyond which AdjointError is raised."""
    acceleration: Anderson
    advice: str
    """What to do where there is no fixed point."""

    def solve(self, look: ConvergenceProbe, closed: Sequence[int]) -> int:
        """Leaves the gradient gathered in `look.reverse`; gives the iterations it took. Raises AdjointError.

        `closed`: the conserved amounts, along whose adjoints lambda must not grow.
        """
        simulation, reverse = look.simulation, look.reverse
        # With neighbours' velocities lambda is not all there is: iterate plainly.
        depth = 0 if simulation.physics.stored_velocity_size else self.acceleration.depth
        mixing = Mixing(depth, seen_cells(simulation), simulation.physics.size)
        meter = GrowthMonitor(reverse.trust) if reverse.trust else None
        before, change, calm = None, np.inf, 0
        for k in range(STRETCH_STEPS, self.iterations + 1, STRETCH_STEPS):
            start = reverse.adjoint.numpy().copy()
            _stretch(look)
            now, last = reverse.gathered(), change
            change = relative_change(now, before)
            if not all(np.isfinite(part).all() for part in now):
                raise AdjointError(f"the adjoint grew beyond all bounds by iteration {k}: {self.advice}")
            calm = calm + 1 if still_to_come(change, last) < self.tolerance else 0
            if calm == 2:
                return k
            before = now
            look.remove(closed, reverse.adjoint)
            mixed = mixing.next(start, reverse.adjoint.numpy())
            if meter is not None:
                meter.look(mixing.residual, k)
            reverse.adjoint.assign(mixed)
        raise AdjointError(
            f"the gradient still changes by {change:.1e} of its norm in {STRETCH_STEPS} iterations after {self.iterations}, "
                f"tolerance "
            f"{self.tolerance:.1e}: lambda itself changes by {mixing.residual:.1e}; {self.advice}, or allow more iterations"
        )


def _stretch(look: ConvergenceProbe) -> None:
    """Plain iterations, the last of which gathers the gradient."""
    reverse = look.reverse
    for k in range(1, STRETCH_STEPS + 1):
        gather = k == STRETCH_STEPS
        if gather:
            reverse.clear_gathered()
        reverse.inject(look.state, 1.0, look.step, gather=gather)
        reverse.back(look.state, look.step, gather=gather)


def seen_cells(simulation: Simulation) -> np.ndarray:
    """1 in `open_cells`, else 0, (n, 1, cells), in the populations' precision."""
    return open_cells(simulation)[:, None].astype(wp.dtype_to_numpy(simulation.precision))

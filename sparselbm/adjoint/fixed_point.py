"""Fixed point of lambda at a steady state."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from .anderson import Anderson, Mixing
from .convergence_probe import INTERVAL_STEPS, ConvergenceProbe
from .gradient_error import GradientError
from .gradient_guard import GrowthMonitor


@dataclass(frozen=True)
class FixedPoint:
    """Solves lambda = (d step / d f)^T lambda + d h / d f at a state, in intervals of iterations whose results are mixed."""

    tolerance: float
    """Limit of the estimated error of each number of a gradient, see `GradientError`."""
    iterations: int
    """Limit beyond which AdjointError is raised."""
    acceleration: Anderson
    advice: str
    """Advice in the message if there is no fixed point."""

    def solve(self, probe: ConvergenceProbe, conserved: Sequence[int]) -> int:
        """Leaves the gradient and its errors in `probe.sweep`; returns the number of iterations. Raises AdjointError.

        `conserved`: the conserved amounts, along whose adjoints lambda must not grow.
        """
        simulation, sweep = probe.simulation, probe.sweep
        # With velocities of neighbours the adjoint has more variables than lambda, which alone would be mixed: no mixing.
        depth = 0 if simulation.physics.stored_velocity_size else self.acceleration.depth
        mixing = Mixing(depth, seen_cells(simulation), simulation.physics.size)
        growth = GrowthMonitor(sweep.guard) if sweep.guard else None
        error, calm = GradientError(self.tolerance, simulation.precision), 0
        for k in range(INTERVAL_STEPS, self.iterations + 1, INTERVAL_STEPS):
            start = sweep.adjoint.numpy().copy()
            _interval(probe)
            error.add(sweep.gradients(), sweep.gathered())
            if not error.finite:
                raise AdjointError(f"the adjoint is not finite at iteration {k}: {self.advice}")
            calm = calm + 1 if error.within_tolerance else 0
            if calm == 2:
                sweep.errors = error.estimates
                return k
            probe.remove(conserved, sweep.adjoint)
            mixed = mixing.next(start, sweep.adjoint.numpy())
            if growth is not None:
                growth.check(mixing.residual, k)
            sweep.adjoint.assign(mixed)
        raise AdjointError(
            f"the estimated error of the gradient is still {error.relative:.1e} of its largest number after {self.iterations} "
            f"iterations, tolerance {self.tolerance:.1e}: lambda itself changes by {mixing.residual:.1e} in {INTERVAL_STEPS} "
            f"iterations; {self.advice}, "
            "or allow more iterations"
        )


def _interval(probe: ConvergenceProbe) -> None:
    """Plain iterations, the last of which gathers the gradient."""
    sweep = probe.sweep
    for k in range(1, INTERVAL_STEPS + 1):
        gather = k == INTERVAL_STEPS
        if gather:
            sweep.clear_gathered()
        sweep.inject(probe.state, 1.0, probe.step, gather=gather)
        sweep.back(probe.state, probe.step, gather=gather)


def seen_cells(simulation: Simulation) -> np.ndarray:
    """1 in `Solids.open_cells`, else 0, (n, 1, cells), in the populations' precision."""
    return simulation.solids.open_cells()[:, None].astype(wp.dtype_to_numpy(simulation.precision))

"""The adjoint about a mean flow: an experiment."""

import functools
from dataclasses import dataclass, field
from typing import ClassVar

import warp as wp

from ..errors import AdjointError
from ..kernels.context import Target
from ..kernels.tile_kernel import TileKernel, TileTrace
from ..models.physics import Physics, TileClass
from ..solver import Simulation
from .anderson import Anderson
from .convergence_probe import ConvergenceProbe
from .fixed_point import FixedPoint
from .forward_record import ForwardRecord
from .method import AdjointMethod
from .work import GradientWork


@functools.cache
def average_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """Adds `weight` times the populations in source to target."""
    trace = TileTrace(physics.lattice, physics.parameters, physics.carried)
    for q in range(physics.size):
        trace.increase("target", q, physics.size, trace.weight() * trace.local("source", q, physics.size))
    return trace.kernel(target.precision, target.cuda)


@dataclass(frozen=True, kw_only=True)
class MeanFlow(AdjointMethod):
    """Experimental: the steady adjoint (`Steady`) about populations averaged over the end of a run.

    The mean does not solve the equations of a steady flow: what fluctuations do to the mean is taken to stay as it is when
    the design changes. So the gradient is a model's, not that of the mean, however long the run; compare it with differences
    of your own mean before you rely on it. Measured, cylinder in a channel at Re 100: the mean drag's derivative in the
    inlet's velocity is 16 % off (`Periodic`: 0.7 %). It costs little, and is bounded where a gradient through time grows.

    Viscosity, diffusivities and numbers of collisions are refused: they act on fluctuations first. For viscosity the model
    was 3.7 to 5 times too large, and of the wrong sign where the Reynolds stress, which the mean populations hold beside the
    viscous one, is kept from being relaxed with it: see `docs/design_notes.md`.
    Source of the model: Meliga, Boujo, Pujals & Gallaire, Phys. Fluids 26 (2014) 104101, there for forces on the flow.
    """

    forgets_start: ClassVar[bool] = True
    holds_fluctuations: ClassVar[bool] = True

    average: int
    """Steps at the end of the run over which populations and objective are averaged: whole periods, if there are any."""
    tolerance: float = 1e-2
    """Estimated relative error of the gradient about the mean."""
    iterations: int = 50_000
    """Limit beyond which AdjointError is raised."""
    acceleration: Anderson = field(default_factory=Anderson)

    def work(self, simulation, steps):
        kept = 3 + self.acceleration.states
        return GradientWork(kept * simulation.state_bytes, 0, 0, steps, steps, self.iterations)

    def forward(self, simulation, evaluation, steps, window):
        if not 1 <= self.average <= steps:
            raise AdjointError(f"MeanFlow(average={self.average}) in a run of {steps} steps: choose 1 to {steps}")
        simulation.run(steps - self.average)
        mean, add = simulation.new_state(), simulation.general_sweep(average_kernel)
        for _ in range(self.average):
            simulation.run(1)
            add(source=simulation.state, target=mean, weight=1.0 / self.average)
            if evaluation is not None:
                evaluation.add(simulation.state, 1.0 / self.average)
        return _About(self, simulation, mean, simulation.steps)


@dataclass(frozen=True, eq=False)
class _About(ForwardRecord):
    """The mean of a flow."""

    plan: MeanFlow
    simulation: Simulation
    mean: wp.array
    step: int

    def back(self, reverse):
        look = ConvergenceProbe(self.simulation, reverse, self.mean, self.step)
        fixed_point = FixedPoint(
            self.plan.tolerance, self.plan.iterations, self.plan.acceleration,
            f"there is no fixed point about the mean of {self.plan.average} steps; average over more, or use Periodic",
        )  # fmt: skip
        fixed_point.solve(look, look.conserved())

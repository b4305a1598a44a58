"""Topology optimisation: densities -> resistance -> flow -> objective -> gradient -> optimiser."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...adjoint import AdjointMethod, Field, Steady, value_and_grad
from ...flows import SteadyRun
from ...observe import Observable, PowerLoss
from ...solver import Simulation
from ..optimizer import MMA, SLSQP, DesignRecord, Optimizer, OptimizeResult, StoppingCriteria, minimize
from .density import Density

_MAX_FOR_SLSQP = 1000
"""Number of variables up to which a step of SLSQP costs less than the flow."""


@dataclass(frozen=True, kw_only=True)
class DensityStudy:
    """Distribution of fluid in a steady flow that minimises an objective."""

    stages: Sequence[Density]
    """Continuation: each stage starts from the best design of the previous one. All have the same variables."""
    fluid: float
    """Largest fluid fraction of the designed cells."""
    objective: Observable = field(default_factory=PowerLoss)
    optimizer: Optimizer = field(default_factory=lambda: MMA(first_curvature=1e-3))
    stop: StoppingCriteria = field(default_factory=lambda: StoppingCriteria(tolerance=1e-4, iterations=60))
    """Stopping criteria of each stage."""
    steady_run: SteadyRun = field(default_factory=lambda: SteadyRun(tolerance=3e-4))
    """Convergence criterion of the flow. Each design starts from the previous flow."""
    gradient: AdjointMethod = field(default_factory=lambda: Steady(tolerance=0.03, flow_tolerance=math.inf))
    """Adjoint method; `steady_run` decides on the convergence of the flow."""


class DensityProblem:
    """Study bound to a simulation with `Brinkman` drag: J(x) and its gradient. Raises ValueError at construction."""

    def __init__(self, study: DensityStudy, simulation: Simulation):
        if "resistance" not in simulation.physics.fields:
            raise ValueError(
                "the simulation has no resistance field, through which a density acts: pass it force=Brinkman(...), "
                "above 0 everywhere"
            )
        self.study, self.simulation = study, simulation
        self.stages = [stage.bind(simulation.domain) for stage in study.stages]
        sizes = [stage.size for stage in self.stages]
        if len(set(sizes)) != 1:
            raise ValueError(
                f"the stages have {sizes} variables: pass at least one stage, all with the same region and spread"
            )
        if isinstance(study.optimizer, SLSQP) and sizes[0] > _MAX_FOR_SLSQP:
            raise ValueError(
                f"SLSQP with {sizes[0]} variables needs a dense matrix of {sizes[0]}^2 entries (limit "
                f"{_MAX_FOR_SLSQP} variables): use MMA(first_curvature=1e-3), or a LevelSet of fewer variables"
            )
        self.stage = self.stages[0]
        """Density stage that x currently refers to."""

    def uniform(self) -> np.ndarray:
        """Uniform variables at the allowed fluid fraction, (size,)."""
        return np.full(self.stage.size, self.study.fluid)

    def value(self, x: np.ndarray) -> float:
        """Objective J of a design [lattice units], without gradient."""
        self.simulation.set_field("resistance", self.stage.resistance(x))
        return self.study.steady_run.run(self.simulation, self.study.objective).value

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Objective J [lattice units] and gradient d J / d x, (size,)."""
        self.value(x)
        value, (gradient,) = value_and_grad(
            self.study.objective, self.simulation, steps=0, wrt=(Field("resistance"),), method=self.study.gradient
        )
        return value, self.stage.pullback(x, gradient)

    def minimize(
        self, start: np.ndarray | None = None, on_iteration: Callable[[DesignRecord], None] | None = None
    ) -> list[OptimizeResult]:
        """Runs the optimiser through the stages, from `start` or a uniform density; returns the result of each."""
        x, results = self.uniform() if start is None else start, []
        for stage in self.stages:
            self.stage = stage
            results.append(minimize(
                self, x, optimizer=self.study.optimizer, constraints=[stage.at_most(self.study.fluid)],
                bounds=(np.zeros(x.size), np.ones(x.size)), stop=self.study.stop, on_iteration=on_iteration,
            ))
            x = results[-1].x
        return results

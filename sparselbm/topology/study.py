"""Topology optimisation: densities -> resistance -> flow -> objective -> gradient -> optimiser."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..adjoint import Field, Plan, Steady, value_and_grad
from ..objective import Objective, PowerLoss
from ..optimize import MMA, Optimizer, OptimizeResult, Record, Stop, minimize
from ..settle import Settle
from ..simulation import Simulation
from .density import Density


@dataclass(frozen=True, kw_only=True)
class DensityStudy:
    """Where to leave fluid in a steady flow, for the least of an objective."""

    stages: Sequence[Density]
    """Continuation: each stage starts from the best design of the one before. All have the same variables."""
    fluid: float
    """Most fluid, as a share of the designed cells."""
    objective: Objective = field(default_factory=PowerLoss)
    optimizer: Optimizer = field(default_factory=MMA)
    stop: Stop = field(default_factory=lambda: Stop(tolerance=1e-3, iterations=60))
    """Of each stage."""
    settle: Settle = field(default_factory=lambda: Settle(tolerance=1e-4))
    """How a flow is brought to rest. Each design starts from the flow of the last one."""
    gradient: Plan = field(default_factory=lambda: Steady(tolerance=0.01, flow_tolerance=math.inf))
    """`settle` judges the rest of the flow."""


class DensityProblem:
    """A study bound to a simulation with `Brinkman` drag: J(x) and its gradient. Raises ValueError when made."""

    def __init__(self, study: DensityStudy, simulation: Simulation):
        if "resistance" not in simulation.physics.fields:
            raise ValueError("a density acts through drag: give the simulation force=Brinkman(...), above 0 everywhere")
        self.study, self.simulation = study, simulation
        self.stages = [stage.bind(simulation.domain) for stage in study.stages]
        sizes = [stage.size for stage in self.stages]
        if len(set(sizes)) != 1:
            raise ValueError(f"stages of {sizes} variables: give at least one, all of the same region and spread")
        self.stage = self.stages[0]
        """The one that x means at present."""

    def uniform(self) -> np.ndarray:
        """All variables at the share of fluid that is allowed, (size,)."""
        return np.full(self.stage.size, self.study.fluid)

    def value(self, x: np.ndarray) -> float:
        """J of a design [lattice units], without gradient."""
        self.simulation.set_field("resistance", self.stage.resistance(x))
        return self.study.settle.run(self.simulation, self.study.objective).value

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """J [lattice units] and d J / d x, (size,)."""
        self.value(x)
        value, (gradient,) = value_and_grad(
            self.study.objective, self.simulation, steps=0, wrt=(Field("resistance"),), plan=self.study.gradient
        )
        return value, self.stage.pullback(x, gradient)

    def minimize(
        self, start: np.ndarray | None = None, on_iteration: Callable[[Record], None] | None = None
    ) -> list[OptimizeResult]:
        """Runs the optimiser through the stages, from `start` or a uniform density; the result of each."""
        x, results = self.uniform() if start is None else start, []
        for self.stage in self.stages:
            results.append(minimize(
                self, x, optimizer=self.study.optimizer, constraints=[self.stage.at_most(self.study.fluid)],
                bounds=(np.zeros(x.size), np.ones(x.size)), stop=self.study.stop, on_iteration=on_iteration,
            ))  # fmt: skip
            x = results[-1].x
        return results

"""One flow of a design problem: its observables and their gradients as functions of the design variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..adjoint import AdjointMethod, PulledBack, value_and_grad
from ..errors import SimulationError
from ..files.restarts import NoRestarts, Restarts
from ..flows import Flow, FlowSetup, FlowState, PeriodicFlow, ProgressCallback, SteadyResult, SteadyRun, value_factor
from ..models.wall import BounceBack
from ..observe import Functional
from .journal import Journal
from .variables import BoundVariables


@dataclass(frozen=True, eq=False)
class Solution:
    """Results of one evaluation of a design."""

    values: np.ndarray
    """Observables in their own units, the objective first, (k,)."""
    gradients: np.ndarray
    """Their gradients with respect to the design variables, (k, size)."""
    state_gradients: tuple[np.ndarray, ...]
    """Gradients of the objective with respect to the states, such as the points of a body."""
    gradient_error: float | None
    """Largest estimated error of `gradients`, relative to the largest number of each; None: exact to rounding."""


@dataclass(eq=False)
class OperatingPoint:
    """A set-up with bound variables; each design continues from the flow of the previous one."""

    setup: FlowSetup
    variables: BoundVariables
    observables: Sequence[Functional]
    """The objective first, then the observables of the flow constraints."""
    method: AdjointMethod
    """Adjoint method."""
    steady_run: SteadyRun | None
    """Convergence criterion; None: that of the set-up."""
    on_progress: ProgressCallback
    name: str = "flow"
    """Name in the journal."""
    journal: Journal = field(default_factory=Journal)
    """Results of the evaluations of an optimisation that can be resumed."""

    @property
    def objective(self) -> Functional:
        """Observable that is minimised."""
        return self.observables[0]

    @cached_property
    def flow(self) -> Flow:
        """The flow with its current design, built on first use."""
        flow = self.setup.build()
        flow.on_progress = self.on_progress
        self.journal.restarts.add(self.name, FlowState(flow))
        return flow

    def value(self, x: np.ndarray) -> float:
        """Objective of a design, without gradient. Raises SimulationError if the flow diverges, or is periodic and `method` is
        not for such flows."""
        return self._value(x, NoRestarts())

    def _value(self, x: np.ndarray, restarts: Restarts) -> float:
        self.variables.apply(self.flow, x)
        found = self.run(self.flow, restarts)
        if isinstance(found.regime, PeriodicFlow) and not self.method.is_of_periodic_flows:
            raise SimulationError(_refusal(found.regime, self.method))
        return found.value

    def run(self, flow: Flow, restarts: Restarts = NoRestarts()) -> SteadyResult:
        """Runs a flow with the objective to its regime. Raises SimulationError if the flow diverges."""
        return flow.run_to_steady(self.objective, self.steady_run, restarts=restarts)

    def values_with(self, wall: BounceBack, x: np.ndarray) -> np.ndarray:
        """All observables of a design with another wall model, in a flow of its own, (k,). Raises SimulationError."""
        flow, restarts = self.built(wall, x), self.journal.restarts
        with restarts.part("other wall", FlowState(flow)):
            return np.array([self.run(flow, restarts).value, *(flow.value(each) for each in self.observables[1:])])

    def built(self, wall: BounceBack, x: np.ndarray) -> Flow:
        """A flow of its own of a design with another wall model, in its initial state."""
        flow = self.variables.build(self.setup, x, wall)
        flow.on_progress = self.on_progress
        return flow

    def solve(self, x: np.ndarray) -> Solution:
        """Values and gradients of all observables of a design. Raises SimulationError, AdjointError."""
        found = self.journal.result(self.name, x, lambda: vars(self._solved(x)))
        return Solution(**{**found, "state_gradients": tuple(found["state_gradients"])})

    def _solved(self, x: np.ndarray) -> Solution:
        steady = self._value(x, self.journal.restarts)
        progress = self.flow.progress("gradient")
        targets = self.variables.targets
        design = PulledBack(targets, lambda of_states: self.variables.pullback(x, of_states))
        values, gradients, states, errors = [], [], [], []
        for observable in self.observables:
            factor = value_factor(observable, self.setup)
            found = value_and_grad(
                observable, self.flow.simulation, steps=1, wrt=(*targets, design), method=self.method,
                on_back=lambda steps: progress(steps, steady),
            )
            values.append(factor * found.value)
            *of_states, of_design = (factor * gradient for gradient in found.gradients)
            states.append(tuple(of_states))
            gradients.append(of_design)
            if found.errors is not None:
                errors.append(factor * found.errors[-1].max() / max(np.abs(of_design).max(), 1e-300))
        error = float(max(errors)) if errors else None
        return Solution(np.array(values), np.stack(gradients), states[0], error)


def _refusal(regime: PeriodicFlow, method: AdjointMethod) -> str:
    first, strongest = regime.oscillations[0], max(regime.oscillations, key=lambda each: each.amplitude.value)
    return (
        f"the flow is periodic with a period of {regime.period:.4g} s: {first.name} {first.mean}, amplitude {first.amplitude}; "
        f"{strongest.name} has the amplitude {strongest.amplitude}. {type(method).__name__} differentiates the flow of one "
        "instant: lower the Reynolds number until the flow is steady, or, in Python, give DesignProblem "
        "method=Periodic(period=STEPS), which differentiates means"
    )

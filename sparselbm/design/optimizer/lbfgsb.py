"""L-BFGS-B optimiser: many variables, bounds, no other constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import ConstraintError
from ..constraint.constraint import BoundConstraint
from .optimizer import Optimizer, Outcome
from .scaled_problem import ScaledProblem
from .scipy_solver import solve


@dataclass(frozen=True, kw_only=True)
class LBFGSB(Optimizer):
    """Limited-memory BFGS with bounds (SciPy).

    Source: Byrd, Lu, Nocedal & Zhu, A limited memory algorithm for bound constrained optimization (1995).
    """

    memory: int = 10
    """Number of stored pairs of steps and gradients for the Hessian."""
    first_step: float = 0.1
    """Largest change of a scaled variable in the first step."""

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts only bounds."""
        if constraints:
            names = ", ".join(each.name for each in constraints)
            raise ConstraintError(f"LBFGSB supports only bounds, but was given {names}: use SLSQP() or TrustConstr().")

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        return solve("L-BFGS-B", problem, first_step=self.first_step, gtol=1e-9, maxcor=self.memory, maxfun=10**9)

"""Trust-region interior point: bounds, equalities and inequalities, where SLSQP stalls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .constraint import BoundConstraint
from .optimizer import Optimizer, Outcome
from .problem import Problem


@dataclass(frozen=True, kw_only=True)
class TrustConstr(Optimizer):
    """SciPy's trust-constr, with BFGS for the Hessians; more evaluations than SLSQP, and more robust.

    Source: Byrd, Hribar & Nocedal, An interior point algorithm for large-scale nonlinear programming (1999).
    """

    first_step: float = 0.1
    """First radius of the trust region, in scaled variables."""

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """All constraints are taken."""

    def run(self, problem: Problem) -> Outcome:
        """Minimise."""
        from scipy.optimize import BFGS, Bounds, NonlinearConstraint, minimize

        problem.accept(problem.start)
        constraints = [
            NonlinearConstraint(
                lambda z, k=k: problem.values(k, z),
                bound.lower,
                bound.upper,
                jac=lambda z, k=k: problem.jacobian(k, z),
                hess=BFGS(),
            )
            for k, bound in enumerate(problem.constraints)
            if len(bound.lower)
        ]
        bounded = np.isfinite(problem.lower).any() or np.isfinite(problem.upper).any()
        found = minimize(
            problem.evaluate,
            problem.start,
            jac=True,
            hess=BFGS(),
            method="trust-constr",
            bounds=Bounds(problem.lower, problem.upper, keep_feasible=True) if bounded else None,
            constraints=constraints,
            callback=lambda z, _state: problem.accept(z),
            options={
                "gtol": problem.stop.tolerance,
                "barrier_tol": problem.stop.tolerance,
                "xtol": 1e-7,
                "initial_tr_radius": self.first_step,
                "maxiter": problem.stop.iterations + 1,
            },
        )
        return Outcome(found.status in (1, 2), str(found.message))

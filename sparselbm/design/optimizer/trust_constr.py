"""Trust-region interior-point optimiser: bounds, equalities and inequalities, where SLSQP stalls."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..constraint.constraint import BoundConstraint
from .optimizer import Optimizer, Outcome
from .scaled_problem import ScaledProblem


@dataclass(frozen=True, kw_only=True)
class TrustConstr(Optimizer):
    """SciPy's trust-constr with BFGS Hessians; needs more evaluations than SLSQP and is more robust.

    Source: Byrd, Hribar & Nocedal, An interior point algorithm for large-scale nonlinear programming (1999).
    """

    first_step: float = 0.1
    """Initial radius of the trust region, in scaled variables."""

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts all constraints."""

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        from scipy.optimize import BFGS, Bounds, minimize

        problem.accept(problem.start)
        constraints = [_scipy(problem, k) for k, bound in enumerate(problem.constraints) if len(bound.lower)]
        bounded = np.isfinite(problem.lower).any() or np.isfinite(problem.upper).any()
        # SciPy annotates the limits as numbers, but accepts arrays.
        bounds = Bounds(problem.lower, problem.upper, keep_feasible=True)  # type: ignore[arg-type]
        with warnings.catch_warnings():
            # With a linear constraint BFGS has nothing to learn; the user need not be warned.
            warnings.filterwarnings("ignore", message="delta_grad == 0.0")
            found = minimize(
                problem.evaluate,
                problem.start,
                jac=True,
                hess=BFGS(),
                method="trust-constr",
                bounds=bounds if bounded else None,
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


def _scipy(problem: ScaledProblem, k: int):
    """Converts a constraint to SciPy's; a linear one needs no Hessian."""
    from scipy.optimize import BFGS, LinearConstraint, NonlinearConstraint

    bound, start = problem.constraints[k], problem.start
    if bound.linear:
        matrix = problem.jacobian(k, start)
        shift = matrix @ start - problem.values(k, start)
        return LinearConstraint(matrix, bound.lower + shift, bound.upper + shift)  # type: ignore[arg-type]
    return NonlinearConstraint(
        lambda z: problem.values(k, z),
        bound.lower,
        bound.upper,
        jac=lambda z: problem.jacobian(k, z),  # type: ignore[arg-type]
        hess=BFGS(),
    )

"""Common code of the quasi-Newton methods of SciPy."""

from __future__ import annotations

from collections.abc import Sequence

from .optimizer import Outcome, scale_first_step
from .scaled_problem import ScaledProblem


def solve(
    method: str, problem: ScaledProblem, *, first_step: float, constraints: Sequence[dict] = (), **options: float
) -> Outcome:
    """Minimises by a method of `scipy.optimize.minimize` that starts from a unit Hessian.

    `first_step`: largest change of a scaled variable along the first gradient; `constraints`: in SciPy's form; `options`: of the
    method, in addition to tolerance and number of iterations.
    """
    from scipy.optimize import minimize

    factor, scaled = scale_first_step(problem, first_step)
    problem.accept(problem.start)
    found = minimize(
        scaled, problem.start, jac=True, method=method, bounds=list(zip(problem.lower, problem.upper)),
        constraints=constraints, callback=lambda z: problem.accept(z),
        options={"ftol": factor * problem.stop.tolerance, "maxiter": problem.stop.iterations + 1, **options},
    )
    return Outcome(bool(found.success), str(found.message))

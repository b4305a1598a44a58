"""Common code of the NLopt algorithms: supported constraints, and conversion of the problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...errors import ConstraintError, MissingPackageError
from ..constraint.constraint import BoundConstraint
from .optimizer import Outcome, has_stagnated
from .scaled_problem import ScaledProblem, StopReached

# In a narrower band the asymptotes cannot move.
MIN_BAND = 1e-3
# An inner iteration may repeat a value by coincidence.
STAGNATION_STEPS = 3


def check_bands(name: str, constraints: Sequence[BoundConstraint]) -> None:
    """Accepts inequalities, and equalities with a band. Raises ConstraintError, ImportError if NLopt is missing."""
    require_nlopt(name)
    for each in constraints:
        if each.equal.any() and each.tolerance < MIN_BAND:
            raise ConstraintError(
                f"{name} treats an equality as a band of its tolerance, but that of {each.name} is "
                f"{each.tolerance:g}, below {MIN_BAND:g}: raise the tolerance, "
                "or use SLSQP() or TrustConstr()."
            )


def solve(name: str, problem: ScaledProblem, *, first_curvature: float = 1.0) -> Outcome:
    """Minimises with NLopt's algorithm LD_name."""
    nlopt = require_nlopt(name)
    solver = nlopt.opt(getattr(nlopt, f"LD_{name}"), len(problem.start))
    solver.set_param("rho_init", first_curvature)
    guard = _Guard(nlopt)

    def objective(z: np.ndarray, gradient: np.ndarray) -> float:
        value, slope = problem.evaluate(z)
        problem.accept(z)
        # NLopt's own test would stop between two infeasible designs with the same objective.
        if has_stagnated(problem, STAGNATION_STEPS):
            raise StopReached(
                "converged",
                f"the objective changed by less than tolerance over {STAGNATION_STEPS} evaluations.",
            )
        gradient[:] = slope if gradient.size else gradient
        return value

    solver.set_min_objective(guard.around(objective))
    solver.set_lower_bounds(problem.lower)
    solver.set_upper_bounds(problem.upper)
    for k, bound in enumerate(problem.constraints):
        sides, offsets = _sides(bound)
        if len(sides):
            function = guard.around(_inequality(problem, k, sides, offsets))
            solver.add_inequality_mconstraint(function, np.full(len(sides), 1e-8))
    try:
        solver.optimize(problem.start)
    except nlopt.ForcedStop:
        pass
    except Exception as error:
        if guard.error is None:
            return Outcome(False, f"NLopt: {error}")
    if guard.error is not None:
        raise guard.error
    code = solver.last_optimize_result()
    return Outcome(code > 0, f"NLopt ended with code {code}.")


class _Guard:
    """Carries an exception through NLopt's C code, which would lose its type."""

    def __init__(self, nlopt) -> None:
        self.error: BaseException | None = None
        self._forced_stop = nlopt.ForcedStop

    def around(self, function: Callable) -> Callable:
        """Wraps a function so that it stores its exception and stops NLopt."""

        def guarded(*arguments):
            try:
                return function(*arguments)
            except BaseException as error:
                self.error = self.error or error
                raise self._forced_stop from None

        return guarded


def _sides(bound: BoundConstraint) -> tuple[list[tuple[int, float]], np.ndarray]:
    """Components, with the sign and offset that turn them into sign * value + offset <= 0."""
    sides, offsets = [], []
    for row, equal in enumerate(bound.equal):
        slack = bound.tolerance if equal else 0.0
        for sign, limit in ((-1.0, bound.lower[row]), (1.0, bound.upper[row])):
            if np.isfinite(limit):
                sides.append((row, sign))
                offsets.append(-sign * limit - slack)
    return sides, np.array(offsets)


def _inequality(problem: ScaledProblem, k: int, sides: list[tuple[int, float]], offsets: np.ndarray) -> Callable:
    rows = np.array([row for row, _ in sides])
    signs = np.array([sign for _, sign in sides])

    def inequality(result: np.ndarray, z: np.ndarray, gradient: np.ndarray) -> None:
        result[:] = signs * problem.values(k, z)[rows] + offsets
        if gradient.size:
            gradient[:] = signs[:, None] * problem.jacobian(k, z)[rows]

    return inequality


def require_nlopt(name: str):
    """Imports nlopt. Raises MissingPackageError."""
    try:
        import nlopt
    except ImportError as error:
        raise MissingPackageError.of(name, ["NLopt"], "sparselbm[nlopt]") from error
    return nlopt

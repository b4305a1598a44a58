"""SLSQP optimiser: up to some hundreds of variables, bounds, equalities and inequalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..constraint.constraint import BoundConstraint
from .optimizer import Optimizer, Outcome
from .scaled_problem import ScaledProblem
from .scipy_solver import solve


@dataclass(frozen=True, kw_only=True)
class SLSQP(Optimizer):
    """Sequential least-squares quadratic programming (SciPy), with a dense Hessian of size^2.

    Source: Kraft, A software package for sequential quadratic programming, DFVLR-FB 88-28 (1988).
    """

    first_step: float = 0.1
    """Largest change of a scaled variable along the first gradient."""

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts all constraints."""

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        constraints = [part for k in range(len(problem.constraints)) for part in _parts(problem, k)]
        return solve("SLSQP", problem, first_step=self.first_step, constraints=constraints)


def _parts(problem: ScaledProblem, k: int) -> list[dict]:
    """Splits a two-sided constraint into SLSQP's value = 0 and value >= 0."""
    bound = problem.constraints[k]
    sides = (
        ("eq", bound.equal, 1.0, bound.lower),
        ("ineq", ~bound.equal & np.isfinite(bound.lower), 1.0, bound.lower),
        ("ineq", ~bound.equal & np.isfinite(bound.upper), -1.0, bound.upper),
    )
    return [_part(problem, k, *side) for side in sides if side[1].any()]


def _part(problem: ScaledProblem, k: int, kind: str, rows: np.ndarray, sign: float, limit: np.ndarray) -> dict:
    return {
        "type": kind,
        "fun": lambda z: sign * (problem.values(k, z) - limit)[rows],
        "jac": lambda z: sign * problem.jacobian(k, z)[rows],
    }

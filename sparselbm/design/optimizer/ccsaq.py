"""Convex separable quadratic approximations: many variables, bounds and inequalities, by NLopt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..constraint.constraint import BoundConstraint
from .nlopt_solver import check_bands, solve
from .optimizer import Optimizer, Outcome
from .problem import Problem


@dataclass(frozen=True, kw_only=True)
class CCSAQ(Optimizer):
    """Conservative convex separable approximation with quadratic penalties (NLopt); takes the same as `MMA`.

    Its models are plain parabolas: steadier than MMA where variables have no bounds.

    Source: Svanberg, A class of globally convergent optimization methods based on conservative convex
    separable approximations (2002).
    """

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Inequalities, and equalities with a band; and NLopt must be there."""
        check_bands("CCSAQ", constraints)

    def run(self, problem: Problem) -> Outcome:
        """Minimise."""
        return solve("CCSAQ", problem)

"""CCSAQ optimiser (NLopt): convex separable quadratic approximations for many variables, bounds and inequalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..constraint.constraint import BoundConstraint
from .nlopt_solver import check_bands, solve
from .optimizer import Optimizer, Outcome
from .scaled_problem import ScaledProblem


@dataclass(frozen=True, kw_only=True)
class CCSAQ(Optimizer):
    """Conservative convex separable approximation with quadratic penalties (NLopt); accepts the same constraints as `MMA`.

    Its models are parabolas, which are more stable than MMA's for variables without bounds.

    Source: Svanberg, A class of globally convergent optimization methods based on conservative convex
    separable approximations (2002).
    """

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts inequalities, and equalities with a band. Raises ImportError if NLopt is missing."""
        check_bands("CCSAQ", constraints)

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        return solve("CCSAQ", problem)

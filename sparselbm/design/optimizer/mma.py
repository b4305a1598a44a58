"""MMA optimiser (NLopt), the method of moving asymptotes: many variables, bounds and inequalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..constraint.constraint import BoundConstraint
from .nlopt_solver import check_bands, solve
from .optimizer import Optimizer, Outcome
from .scaled_problem import ScaledProblem


@dataclass(frozen=True, kw_only=True)
class MMA(Optimizer):
    """Globally convergent method of moving asymptotes (NLopt); each evaluation counts as an iteration.

    It supports only inequalities. An equality becomes a band, value within +- tolerance, if the tolerance is at least 1e-3
    (FixedVolume: 5e-3), and is rejected otherwise.

    Source: Svanberg, A class of globally convergent optimization methods based on conservative convex
    separable approximations (2002).
    """

    first_curvature: float = 1.0
    """Initial curvature of each variable's approximation, for an objective of 1 (NLopt 2.8 and later; older ones use 1).

    With thousands of variables, which share the slope, use 1e-3; otherwise the first steps are very small.
    """

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts inequalities, and equalities with a band. Raises ImportError if NLopt is missing."""
        check_bands("MMA", constraints)

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        return solve("MMA", problem, first_curvature=self.first_curvature)

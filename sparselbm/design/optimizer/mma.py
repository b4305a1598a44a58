"""The method of moving asymptotes: many variables, bounds and inequalities, by NLopt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..constraint.constraint import BoundConstraint
from .nlopt_solver import check_bands, solve
from .optimizer import Optimizer, Outcome
from .problem import Problem


@dataclass(frozen=True, kw_only=True)
class MMA(Optimizer):
    """Globally convergent MMA (NLopt); each evaluation counts as an iteration.

    It knows inequalities only. An equality is taken as the band of its tolerance, value within +- tolerance,
    if that is at least 1e-3 (FixedVolume: 5e-3), and refused otherwise.

    Source: Svanberg, A class of globally convergent optimization methods based on conservative convex
    separable approximations (2002).
    """

    first_curvature: float = 1.0
    """Curvature of each variable's first approximation, for an objective of 1 (NLopt 2.8 and later; older ones take 1).

    Thousands of variables share the slope: 1e-3 there, or the first steps hardly move.
    """

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Inequalities, and equalities with a band; and NLopt must be there."""
        check_bands("MMA", constraints)

    def run(self, problem: Problem) -> Outcome:
        """Minimise."""
        return solve("MMA", problem, first_curvature=self.first_curvature)

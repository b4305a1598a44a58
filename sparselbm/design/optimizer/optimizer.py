"""Base class of optimisers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..constraint.constraint import BoundConstraint
from .scaled_problem import ScaledProblem


@dataclass(frozen=True)
class Outcome:
    """Result of an algorithm that ended by itself."""

    converged: bool
    """Whether its own convergence criterion was satisfied."""
    message: str
    """Message of the algorithm."""


class Optimizer(ABC):
    """Optimisation algorithm and its settings: a frozen value."""

    @abstractmethod
    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Rejects unsupported constraints before anything is evaluated.

        Raises:
            ConstraintError: names the constraint, and an optimiser that supports it.
            ImportError: if a package is missing; names what to install.
        """

    @abstractmethod
    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimises the problem; calls `problem.accept` once per iteration, including the start."""


def scale_first_step(problem: ScaledProblem, first_step: float) -> tuple[float, Callable[[np.ndarray], tuple[float, np.ndarray]]]:
    """Scales the objective so that a step along -gradient changes no variable by more than `first_step`.

    Quasi-Newton methods start from a unit Hessian, so that the first step would otherwise be as long as the gradient, and
    could fold the shape. Returns the factor and the scaled function.
    """
    _, gradient = problem.evaluate(problem.start)
    steepest = float(np.abs(gradient).max())
    factor = min(1.0, first_step / steepest) if steepest > 0.0 else 1.0

    def scaled(z: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = problem.evaluate(z)
        return factor * value, factor * gradient

    return factor, scaled


def has_stagnated(problem: ScaledProblem, steps: int) -> bool:
    """Whether the last `steps` iterations were feasible and changed the objective by less than the tolerance."""
    last = problem.history[-steps - 1 :]
    values = np.array([each.objective for each in last])
    quiet = np.ptp(values) <= problem.stop.tolerance * np.abs(values).max()
    return bool(len(last) > steps and quiet and all(each.feasible for each in last))

"""What every optimiser is: a frozen value that can refuse a problem, and run one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..constraint.constraint import BoundConstraint
from .problem import Problem


@dataclass(frozen=True)
class Outcome:
    """How an algorithm ended by itself."""

    converged: bool
    """Whether by its own criterion."""
    message: str
    """What it said."""


class Optimizer(ABC):
    """An algorithm and its settings."""

    @abstractmethod
    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Refuse what the algorithm cannot take, before anything is evaluated.

        Raises:
            ConstraintError: naming the constraint, and an optimiser that takes it.
            ImportError: if a package is missing, naming what to install.
        """

    @abstractmethod
    def run(self, problem: Problem) -> Outcome:
        """Minimise; call `problem.accept` once an iteration, the start included."""


def scale_first_step(problem: Problem, first_step: float) -> tuple[float, Callable[[np.ndarray], tuple[float, np.ndarray]]]:
    """The objective times a factor with which a step along -gradient moves no variable by more than `first_step`.

    Quasi-Newton methods start from a unit Hessian, so that without it the first step is as long as the
    gradient, and can fold the shape before anything was learnt of it. Returns the factor and the function.
    """
    _, gradient = problem.evaluate(problem.start)
    steepest = float(np.abs(gradient).max())
    factor = min(1.0, first_step / steepest) if steepest > 0.0 else 1.0

    def scaled(z: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = problem.evaluate(z)
        return factor * value, factor * gradient

    return factor, scaled


def has_stagnated(problem: Problem, steps: int) -> bool:
    """Whether the last `steps` iterations were feasible and changed the objective by less than tolerance."""
    last = problem.history[-steps - 1 :]
    values = np.array([each.objective for each in last])
    quiet = np.ptp(values) <= problem.stop.tolerance * np.abs(values).max()
    return bool(len(last) > steps and quiet and all(each.feasible for each in last))

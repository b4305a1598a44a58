"""Multi-point optimisation of one shape for several flows (speeds, angles, viscosities)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import WindTunnelError
from ..geometry.deformation import BoundDeformation
from .constraint import BoundConstraint
from .constraint.aggregate import Aggregate, Mean
from .cross_check import CrossChecker, CrossCheckResult
from .drag import DragProblem
from .optimizer import DesignRecord, OptimizeResult, minimize


@dataclass(eq=False)
class MultiPointProblem:
    """Objective J(C_1(x), ..., C_k(x)) of the drag coefficients of several problems with the same design variables.

    An angle of attack is a tunnel around the body rotated the other way: see `geometry.Turned`. The study of the first
    problem defines constraints, optimiser and stopping criteria. Each problem continues from its own flow from design to
    design; all of them are in memory at once.

    Raises:
        WindTunnelError: if there is no problem, the weights do not fit, or the problems have different variables.
    """

    problems: Sequence[DragProblem]
    weights: Sequence[float] | None = None
    """One weight per problem, above 0; None: equal weights. Only their ratios matter."""
    aggregate: Aggregate = field(default_factory=Mean)
    """Aggregate J: `Mean`, `MeanAndDeviation` or `Worst`, from `sparselbm.design.constraint.aggregate`."""
    checks: list[CrossCheckResult] = field(init=False, default_factory=list)
    """Results of the cross-checks made by `minimize`, one entry per flow and design: see `CrossCheck`."""
    values: np.ndarray = field(init=False)
    """Drag coefficients at the last evaluated design, (k,)."""

    def __post_init__(self):
        weights = np.ones(len(self.problems)) if self.weights is None else np.asarray(self.weights, np.float64)
        if len(self.problems) == 0 or weights.shape != (len(self.problems),) or not (weights > 0.0).all():
            raise WindTunnelError(
                f"there are {len(self.problems)} problems with the weights {self.weights}: pass at least 1 problem, "
                "and a weight above 0 for each"
            )
        first = self.deformation
        for problem in self.problems[1:]:
            other = problem.deformation
            same = other.size == first.size and np.array_equal(other.initial(), first.initial())
            if not same or not np.array_equal(other.bounds(), first.bounds()):
                raise WindTunnelError(
                    f"the problems have {first.size} and {other.size} variables, or different starts or bounds: give "
                    "every study the same deformation"
                )
        self._shares = weights / weights.sum()
        self.values = np.full(len(weights), np.nan)
        self._drags: dict[bytes, np.ndarray] = {}

    @property
    def deformation(self) -> BoundDeformation:
        """Deformation of the first problem."""
        return self.problems[0].deformation

    @property
    def constraints(self) -> list[BoundConstraint]:
        """Shape constraints of the first problem, and flow constraints of all, numbered from the second problem on."""
        first, *others = self.problems
        found = list(first.constraints)
        for k, problem in enumerate(others, start=2):
            flows = problem.constraints[len(problem.constraints) - len(problem.limits) :]
            found += [replace(each, name=f"{each.name}_{k}") for each in flows]
        return found

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Objective J and gradient dJ / dx, (size,)."""
        found = [problem(x) for problem in self.problems]
        self.values = np.array([value for value, _ in found])
        self._drags[x.tobytes()] = self.values
        slope = self.aggregate.gradient(self.values, self._shares)
        return self.aggregate.value(self.values, self._shares), slope @ np.stack([gradient for _, gradient in found])

    def minimize(self, on_iteration: Callable[[DesignRecord], None] | None = None) -> OptimizeResult:
        """Runs the optimiser of the first study; `on_iteration` is called with each iteration before the next begins.

        Each flow is checked according to its study's `cross_check`; a rejected design ends the run.
        """
        study = self.problems[0].study
        flows, deformations = [p.flow for p in self.problems], [p.deformation for p in self.problems]
        cross_checker = CrossChecker(study.cross_check, flows, deformations) if study.cross_check else None
        self.checks = cross_checker.found if cross_checker else []

        def record(entry: DesignRecord) -> None:
            if on_iteration is not None:
                on_iteration(entry)
            if cross_checker:
                cross_checker.watch(entry, self._drags[entry.x.tobytes()])

        result = minimize(
            self, self.deformation, optimizer=study.optimizer, constraints=self.constraints, stop=study.stop,
            on_iteration=record,
        )
        return cross_checker.confirmed(result, lambda entry: self._drags[entry.x.tobytes()]) if cross_checker else result

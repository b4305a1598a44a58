"""Cross-check of optimised designs with another wall model, whose values are reported and have to confirm the improvement."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import ConstraintError
from ..models.wall import BounceBack, ParabolicInterpolation
from .defect_correction import DefectCorrection, Observables
from .optimizer import DesignRecord, OptimizeResult


@dataclass(frozen=True, kw_only=True)
class CrossCheck:
    """Cross-check: re-evaluates designs with bounce-back on links, which does not leak however thin the body is.

    With the partially saturated method a fin thinner than a cell leaks, and its drag falls with its thickness, which is not a
    real gain. With J the objective of the problem and J' that with the other wall on the same cells, a design x is rejected if

        (J'(x) / J'(x_0)) / (J(x) / J(x_0)) - 1 > tolerance,

    that is, if its objective, relative to that of the start x_0, has fallen by more than the other wall confirms.

    The same evaluations give the values that are reported: see `DefectCorrection`.
    """

    every: int | None = None
    """Number of iterations between two checks; None: only the best design, at the end."""
    tolerance: float = 0.05
    """Largest relative difference in the objective between the two walls."""
    wall: BounceBack = field(default_factory=ParabolicInterpolation)
    """Wall model of the cross-check."""
    correction: DefectCorrection | None = field(default_factory=DefectCorrection)
    """Correction of objective and flow constraints to the values of this wall; None: values of the optimisation's own wall."""

    def __post_init__(self):
        if not (0.0 < self.tolerance < math.inf and (self.every is None or self.every >= 1)):
            raise ConstraintError(
                f"a cross-check every {self.every} iterations within {self.tolerance}: both must be above 0 "
                "(every=None: at the end)"
            )


@dataclass(frozen=True)
class CrossCheckResult:
    """Design evaluated with both wall models."""

    iteration: int
    objective: float
    """Objective relative to that of the start, with the wall of the optimisation."""
    checked: float
    """Objective relative to that of the start, with the other wall; NaN if that flow became unstable (no conclusion)."""
    tolerance: float

    @property
    def difference(self) -> float:
        """Relative difference checked / objective - 1: above 0 if the optimisation makes the design look better than it is."""
        return self.checked / self.objective - 1.0

    @property
    def refused(self) -> bool:
        """Whether the difference exceeds the tolerance."""
        return self.difference > self.tolerance

    @property
    def unconfirmed(self) -> bool:
        """Whether the objective is reduced with the wall of the optimisation, but not with the other one."""
        return self.objective < 1.0 <= self.checked

    def __str__(self) -> str:
        return (
            f"iteration {self.iteration}: the objective is {self.objective:.1%} of that of the start, and {self.checked:.1%} "
            f"with the other wall model; the difference is {self.difference:+.1%}, the limit {self.tolerance:.1%}"
        )


class CrossChecker:
    """Cross-checks of one optimisation of one or several flows with the same variables."""

    def __init__(self, option: CrossCheck, others: Observables):
        """`others`: observables with the other wall, the objective of each flow first."""
        self._option, self._others = option, others
        self._start: tuple[np.ndarray, np.ndarray] | None = None
        self.found: list[CrossCheckResult] = []
        """All results in order, without the start."""

    @property
    def refused(self) -> bool:
        """Whether a design was rejected."""
        return any(each.refused for each in self.found)

    def watch(self, record: DesignRecord, objectives: Sequence[float] | np.ndarray) -> None:
        """Checks an iteration with the objectives of its flows, the start first. Raises StopIteration if it is rejected."""
        if self._start is None:
            self._start = record.x, np.asarray(objectives)
        elif self._option.every is not None and record.iteration % self._option.every == 0:
            self._look(record, objectives)
            if self.refused:
                raise StopIteration(self.reason)

    def confirmed(
        self, result: OptimizeResult, objectives: Callable[[DesignRecord], Sequence[float] | np.ndarray]
    ) -> OptimizeResult:
        """Returns the result if no check rejects its design, else the last confirmed design or the start."""
        best = next(each for each in result.history if np.array_equal(each.x, result.x))
        seen = {0, *(each.iteration for each in self.found)}
        if result.stopped != "interrupted" and not self.refused and best.iteration not in seen:
            try:
                self._look(best, objectives(best))
            except KeyboardInterrupt:
                return replace(result, stopped="interrupted", message="interrupted during the cross-check of the best design")
        if not self.refused:
            return result
        bad = {each.iteration for each in self.found if each.refused}
        sound = result.history[max({0, *(each.iteration for each in self.found)} - bad)]
        return replace(
            result, x=sound.x, objective=sound.objective, constraints=sound.constraints, feasible=sound.feasible,
            stopped="refused", message=self.reason,
        )

    @property
    def reason(self) -> str:
        """Message about the rejected design."""
        worst = max((each for each in self.found if each.refused), key=lambda each: each.difference)
        return (
            f"rejected: the improvement comes from the wall model, not from the shape ({worst}). The body is too thin "
            "for the solid fraction: add a MinimumThickness of two cells, use finer voxels, or reduce the limit of "
            "the deformation"
        )

    def _look(self, record: DesignRecord, objectives: Sequence[float] | np.ndarray) -> None:
        assert self._start is not None
        x, first = self._start
        checked = _relative(self._others(record.x)[:, 0], self._others(x)[:, 0])
        for one, other in zip(_relative(np.asarray(objectives), first), checked):
            self.found.append(CrossCheckResult(record.iteration, float(one), float(other), self._option.tolerance))


def _relative(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Objectives relative to the start: below 1 for an improvement, also where objectives are negative."""
    return np.where(first > 0.0, values / first, first / values)

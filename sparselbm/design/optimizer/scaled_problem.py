"""Optimisation problem as seen by an algorithm: scaled, cached, limited and recorded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import ObjectiveError
from ..constraint.constraint import BoundConstraint
from .merge_equalities import merge_equalities
from .record import DesignRecord, StoppingCriteria
from .scaling import Scaling

ObjectiveFunction = Callable[[np.ndarray], tuple[float, np.ndarray]]
Callback = Callable[[DesignRecord], None]

# SciPy evaluates value and gradient separately, and accepts points after trying others.
REMEMBERED = 16


class StopReached(Exception):
    """Raised when a limit of `StoppingCriteria` is reached; `reason` names it."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@dataclass(frozen=True, eq=False)
class DesignEvaluation:
    """Objective and constraints at one design."""

    x: np.ndarray
    objective: float
    gradient: np.ndarray
    constraints: dict[str, np.ndarray]
    feasible: bool
    violation: float

    def better_than(self, other: DesignEvaluation | None) -> bool:
        """Orders feasible before infeasible designs, then by objective or by violation."""
        if other is None or self.feasible != other.feasible:
            return other is None or self.feasible
        if self.feasible:
            return self.objective < other.objective
        return self.violation < other.violation


class ScaledProblem:
    """Problem of minimising evaluate(z) over lower <= z <= upper under `constraints`; iterations call accept(z)."""

    def __init__(
        self,
        objective: ObjectiveFunction,
        scaling: Scaling,
        constraints: Sequence[BoundConstraint],
        stop: StoppingCriteria,
        on_iteration: Callback | None,
        clock: Callable[[], float],
    ) -> None:
        self.scaling = scaling
        self.constraints = merge_equalities(constraints, scaling)
        self._reported = tuple(constraints)
        self.stop = stop
        self.start = scaling.scaled(scaling.start)
        self.lower, self.upper = scaling.limits
        self.best: DesignEvaluation | None = None
        self.last: DesignEvaluation | None = None
        self.history: list[DesignRecord] = []
        self.evaluations = 0
        self._objective = objective
        self._on_iteration = on_iteration
        self._scale: float | None = None
        self._seen: OrderedDict[bytes, DesignEvaluation] = OrderedDict()
        self._clock, self._began = clock, clock()

    @property
    def seconds(self) -> float:
        """Time since the problem was created [s]."""
        return self._clock() - self._began

    def evaluate(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        """Objective / |first objective| and its gradient with respect to z, (free,).

        Raises:
            StopReached: if the time or the number of evaluations is used up; the best design includes this one already.
            ObjectiveError: if the objective or its gradient is not finite.
        """
        found = self._at(z)
        scale = self._scale or 1.0
        return found.objective / scale, self.scaling.rows(found.gradient) / scale

    def values(self, number: int, z: np.ndarray) -> np.ndarray:
        """Values of a constraint at z, (k,)."""
        return np.asarray(self.constraints[number].value(self.scaling.physical(z)), np.float64)

    def jacobian(self, number: int, z: np.ndarray) -> np.ndarray:
        """Jacobian d values / d z, (k, free)."""
        jacobian = np.asarray(self.constraints[number].jacobian(self.scaling.physical(z)), np.float64)
        return self.scaling.rows(jacobian)

    def accept(self, z: np.ndarray) -> None:
        """Records z as the next iteration.

        Raises:
            StopReached: if it was the last that `StoppingCriteria` allows, or the callback raised StopIteration.
        """
        self.record(self._at(z))
        if len(self.history) > self.stop.iterations:
            raise StopReached("iterations", f"{self.stop.iterations} iterations are done.")

    def record(self, found: DesignEvaluation) -> None:
        """Appends a record and passes it to the callback."""
        self.last = found
        record = DesignRecord(
            iteration=len(self.history),
            objective=found.objective,
            constraints=found.constraints,
            feasible=found.feasible,
            gradient_norm=float(np.linalg.norm(self.scaling.rows(found.gradient) / (self._scale or 1.0))),
            seconds=self.seconds,
            evaluations=self.evaluations,
            x=found.x.copy(),
        )
        self.history.append(record)
        if self._on_iteration is not None:
            try:
                self._on_iteration(record)
            except StopIteration as stop:
                raise StopReached("callback", f"on_iteration stopped the optimisation: {stop}") from None

    def chosen(self, converged: bool) -> DesignEvaluation:
        """Design to return, which is then on record: the last of a converged run, or the best one.

        Within the tolerance of a constraint, a violation can reduce the objective, so the best design may not be better than a
        converged optimum with less violation.
        """
        if self.best is None:
            raise ObjectiveError("the optimiser ended before it evaluated the start: report this as a bug.")
        last = self.last
        if converged and last is not None and last.feasible and last.violation < self.best.violation:
            return last
        self.record_best()
        return self.best

    def record_best(self) -> None:
        """Records the best design, unless it was an iteration: line searches evaluate others in between."""
        if self.best is not None and not any(np.array_equal(self.best.x, each.x) for each in self.history):
            self.record(self.best)

    def _at(self, z: np.ndarray) -> DesignEvaluation:
        x = self.scaling.physical(z)
        key = x.tobytes()
        if key not in self._seen:
            self._seen[key] = self._evaluated(x)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            self._check_limits()
        return self._seen[key]

    def _evaluated(self, x: np.ndarray) -> DesignEvaluation:
        objective, gradient = self._objective(x.copy())
        self.evaluations += 1
        objective, gradient = float(objective), np.asarray(gradient, np.float64)
        _check_finite(objective, gradient, x, self.evaluations)
        if self._scale is None:
            self._scale = abs(objective) if objective != 0.0 else 1.0
        values = {each.name: np.asarray(each.value(x), np.float64) for each in self._reported}
        excess = [each.violation(values[each.name]) for each in self._reported]
        feasible = all(over <= each.tolerance for over, each in zip(excess, self._reported))
        found = DesignEvaluation(x, objective, gradient, values, feasible, max(excess, default=0.0))
        if found.better_than(self.best):
            self.best = found
        return found

    def _check_limits(self) -> None:
        if self.stop.seconds is not None and self.seconds >= self.stop.seconds:
            raise StopReached("seconds", f"{self.seconds:.1f} s of {self.stop.seconds:g} s are used.")
        if self.stop.evaluations is not None and self.evaluations >= self.stop.evaluations:
            raise StopReached("evaluations", f"{self.evaluations} evaluations are done.")


def _check_finite(objective: float, gradient: np.ndarray, x: np.ndarray, number: int) -> None:
    if gradient.shape != x.shape:
        raise ObjectiveError(
            f"the gradient has shape {gradient.shape}, but x has {x.shape}: return one entry per variable."
        )
    bad = int(np.count_nonzero(~np.isfinite(gradient)))
    if not np.isfinite(objective) or bad:
        raise ObjectiveError(
            f"evaluation {number} gave the objective {objective} and {bad} of {x.size} gradient entries "
            f"that are not finite, at x = {np.array2string(x, threshold=8)}: the flow has probably diverged "
            "there. Narrow the bounds, or use a smaller lattice_velocity."
        )

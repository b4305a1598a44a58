"""When an optimisation stops, what it tells of each iteration, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...errors import BoundsError


@dataclass(frozen=True, kw_only=True)
class StoppingCriteria:
    """Limits; the first that is reached ends the optimisation, and the best design is returned."""

    tolerance: float = 1e-4
    """Relative change of the objective (for TrustConstr: scaled optimality) that counts as converged."""
    iterations: int = 50
    """Most iterations after the start, which is number 0."""
    seconds: float | None = None
    """Most wall-clock time [s], looked at after each evaluation; None for no limit."""
    evaluations: int | None = None
    """Most evaluations of the objective; None for no limit."""

    def __post_init__(self) -> None:
        for name in ("tolerance", "iterations", "seconds", "evaluations"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise BoundsError(f"{name} is {value!r}: pass a number above 0.")


@dataclass(frozen=True, kw_only=True, eq=False)
class DesignRecord:
    """One iteration."""

    iteration: int
    """Number; 0 for the start."""
    objective: float
    """Value, in the objective's own unit."""
    constraints: dict[str, np.ndarray]
    """Values of each constraint, (k,), by name."""
    feasible: bool
    """Whether every constraint is met within its tolerance."""
    gradient_norm: float
    """Euclidean norm of d(objective / |first objective|) / d(scaled variables)."""
    seconds: float
    """Since the optimisation began [s]."""
    evaluations: int
    """Evaluations of the objective so far."""
    x: np.ndarray
    """Design variables, (size,)."""

    def row(self) -> dict[str, object]:
        """The record as one row of a table: a column a constraint component, and x in one column."""
        values = {
            name if len(each) == 1 else f"{name}[{k}]": float(value)
            for name, each in self.constraints.items()
            for k, value in enumerate(each)
        }
        head = {"iteration": self.iteration, "objective": self.objective, **values}
        tail = {"feasible": int(self.feasible), "gradient_norm": self.gradient_norm}
        spent = {"seconds": round(self.seconds, 3), "evaluations": self.evaluations}
        return {**head, **tail, **spent, "x": " ".join(repr(float(each)) for each in self.x)}


@dataclass(frozen=True, kw_only=True, eq=False)
class OptimizeResult:
    """The best design met: of the feasible ones that of least objective, else that of least violation."""

    x: np.ndarray
    """Design variables, (size,)."""
    objective: float
    """Its objective."""
    constraints: dict[str, np.ndarray]
    """Values of its constraints, by name."""
    feasible: bool
    """Whether it meets every constraint within its tolerance."""
    stopped: str
    """Why: "converged", "iterations", "seconds", "evaluations", "interrupted", "callback", "failed", or of a study "refused"."""
    message: str
    """What the optimiser said."""
    evaluations: int
    """Evaluations of the objective."""
    seconds: float
    """Wall-clock time [s]."""
    history: tuple[DesignRecord, ...] = field(repr=False)
    """Every iteration; the last may be the best design, when it was met between two iterations."""

    @property
    def iterations(self) -> int:
        """Number of the last iteration."""
        return self.history[-1].iteration

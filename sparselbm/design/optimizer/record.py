"""Stopping criteria, iteration records and result of an optimisation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...errors import BoundsError


@dataclass(frozen=True, kw_only=True)
class StoppingCriteria:
    """Stopping criteria; the first that is reached ends the optimisation, and the best design is returned."""

    tolerance: float = 1e-4
    """Relative change of the objective (TrustConstr: scaled optimality) at which the run counts as converged."""
    iterations: int = 50
    """Largest number of iterations after the start, which is number 0."""
    seconds: float | None = None
    """Largest wall-clock time [s], checked after each evaluation; None: no limit."""
    evaluations: int | None = None
    """Largest number of evaluations of the objective; None: no limit."""

    def __post_init__(self) -> None:
        for name in ("tolerance", "iterations", "seconds", "evaluations"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise BoundsError(f"{name} is {value!r}: pass a number above 0.")


@dataclass(frozen=True, kw_only=True, eq=False)
class DesignRecord:
    """Record of one iteration."""

    iteration: int
    """Iteration number; 0 for the start."""
    objective: float
    """Objective, in its own unit."""
    constraints: dict[str, np.ndarray]
    """Values of each constraint, (k,), by name."""
    feasible: bool
    """Whether every constraint is satisfied within its tolerance."""
    gradient_norm: float
    """Euclidean norm of d(objective / |first objective|) / d(scaled variables)."""
    seconds: float
    """Time since the optimisation began [s]."""
    evaluations: int
    """Number of evaluations of the objective so far."""
    x: np.ndarray
    """Design variables, (size,)."""

    def row(self) -> dict[str, object]:
        """Returns the record as a table row: one column per constraint component, and x in one column."""
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
    """Best design: the feasible one with the smallest objective, else the one with the smallest violation."""

    x: np.ndarray
    """Design variables, (size,)."""
    objective: float
    """Objective of the design."""
    constraints: dict[str, np.ndarray]
    """Values of the constraints, by name."""
    feasible: bool
    """Whether every constraint is satisfied within its tolerance."""
    stopped: str
    """Reason: "converged", "iterations", "seconds", "evaluations", "interrupted", "callback", "failed" or (study) "refused"."""
    message: str
    """Message of the optimiser."""
    evaluations: int
    """Number of evaluations of the objective."""
    seconds: float
    """Wall-clock time [s]."""
    history: tuple[DesignRecord, ...] = field(repr=False)
    """All iterations; the last may be the best design, if it was found between two iterations."""

    @property
    def iterations(self) -> int:
        """Number of the last iteration."""
        return self.history[-1].iteration

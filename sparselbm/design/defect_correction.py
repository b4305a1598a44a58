"""Defect correction: values of designs by an accurate wall model, gradients by one that follows the trend."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import ConstraintError

Observables = Callable[[np.ndarray], np.ndarray]
"""Objective and flow constraints of each operating point at a design x (size,), (points, 1 + constraints)."""


@dataclass(frozen=True, kw_only=True)
class DefectCorrection:
    """Defect correction of the objective and of the flow constraints.

    With c(x) an observable with the wall model of the optimisation and c'(x) with that of the cross-check, the optimiser sees

        c(x) + d,   d = c'(x_k) - c(x_k)

    with the gradient of c. x_k is the start of each round of the optimisation. At the end d is evaluated at the best design, so
    that the reported values are c' exactly. A constant does not move the minimum of one flow: a problem without flow constraints
    has one round. Where d enters a constraint, or an aggregate such as `Worst`, the next round begins at the best design with
    its new d, until d changes by less than the tolerances.

    The design is then feasible by c', and stationary by the gradient g of c instead of g' of c': to first order it is displaced
    by H^-1 (g' - g) from the minimum of c', with H the Hessian, so that the loss, 1/2 (g' - g) H^-1 (g' - g), is of second order.
    Source: Stetter, Numer. Math. 29 (1978) 425.
    """

    tolerance: float = 0.005
    """Relative change of the objective by d up to which a round was the last, for aggregates other than `Mean`. For a flow
    constraint, the limit of the change is its own tolerance."""
    rounds: int = 3
    """Largest number of rounds. They share the limits of `StoppingCriteria`: each has its part of the iterations."""

    def __post_init__(self):
        if not (0.0 < self.tolerance < math.inf and self.rounds >= 1):
            raise ConstraintError(
                f"a defect correction within {self.tolerance} in {self.rounds} rounds: the tolerance must be above 0, and at "
                "least 1 round is needed (CrossCheck(correction=None): values of the optimisation's own wall)"
            )


@dataclass(frozen=True)
class DefectCorrectionResult:
    """Objective J of a design with both wall models."""

    own: float
    """J with the wall of the optimisation."""
    corrected: float
    """J with the wall of the cross-check, which is reported; NaN if that flow became unstable: d is then unchanged."""
    settled: bool
    """Whether d, compared with the previous evaluation, has changed by less than the tolerances."""

    @property
    def difference(self) -> float:
        """(own - corrected) / |corrected|."""
        return (self.own - self.corrected) / abs(self.corrected)


class Defects:
    """The defects d = c' - c of the latest design at which both were evaluated, (points, 1 + constraints); 0 at first."""

    def __init__(self, points: int, constraints: int):
        self._values = np.zeros((points, 1 + constraints))

    @property
    def of_objectives(self) -> np.ndarray:
        """d of each operating point's objective, (points,)."""
        return self._values[:, 0]

    def of_constraint(self, point: int, number: int) -> float:
        """d of a flow constraint of an operating point; constraints are numbered from 1."""
        return float(self._values[point, number])

    def clear(self) -> None:
        """Sets all defects to 0."""
        self._values = np.zeros_like(self._values)

    def update(self, own: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Sets d from c and c' of a design, and returns its changes. Where c' is not finite, d is unchanged."""
        new = np.where(np.isfinite(other), other - own, self._values)
        change, self._values = new - self._values, new
        return change

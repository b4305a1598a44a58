"""Constraints on a shape, before and after binding to a deformation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation


class Constraint(ABC):
    """Constraint on the shape, independent of how the shape deforms."""

    @abstractmethod
    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns the constraint as a function of the design variables.

        Raises:
            ConstraintError: if this shape cannot satisfy it, or it is not defined for this mesh.
        """


@dataclass(frozen=True, eq=False)
class BoundConstraint:
    """Constraint lower <= value(x) <= upper with k components, dimensionless and of order 1."""

    name: str
    """Name in messages, histories and plots."""
    lower: np.ndarray
    """Lower limits, (k,); -inf for none. Equal to `upper`: an equality."""
    upper: np.ndarray
    """Upper limits, (k,); inf for none."""
    value: Callable[[np.ndarray], np.ndarray]
    """Function x (size,) -> (k,)."""
    jacobian: Callable[[np.ndarray], np.ndarray]
    """Function x (size,) -> (k, size)."""
    tolerance: float = 1e-4
    """Violation of a component up to which a design counts as feasible."""
    linear: bool = False
    """Whether the Jacobian is constant."""

    def __post_init__(self) -> None:
        if self.lower.shape != self.upper.shape or self.lower.ndim != 1:
            raise ConstraintError(
                f"{self.name} has limits of shapes {self.lower.shape} and {self.upper.shape}: pass two arrays of "
                "shape (k,)."
            )
        if not np.all(self.lower <= self.upper):
            raise ConstraintError(
                f"{self.name} has the limits {self.lower} to {self.upper}: pass lower at or below upper."
            )
        if not self.tolerance >= 0.0:
            raise ConstraintError(f"{self.name} has the tolerance {self.tolerance!r}: pass 0 or more.")

    @property
    def equal(self) -> np.ndarray:
        """Mask of the components that are equalities, shape (k,), bool."""
        return self.lower == self.upper

    def violation(self, values: np.ndarray) -> float:
        """Largest violation of a limit; 0 if all are satisfied."""
        return float(np.max(np.maximum(self.lower - values, values - self.upper), initial=0.0))

"""Constraints on a shape: a frozen value that is bound to a deformation, and what it is then."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation


class Constraint(ABC):
    """A demand on the shape, before it is known how the shape deforms."""

    @abstractmethod
    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """The constraint as a function of the design variables.

        Raises:
            ConstraintError: if this shape cannot meet it, or it has no meaning for this mesh.
        """


@dataclass(frozen=True, eq=False)
class BoundConstraint:
    """lower <= value(x) <= upper, with k components; dimensionless, and of order 1 where it matters."""

    name: str
    """What messages, histories and plots call it."""
    lower: np.ndarray
    """Shape (k,); -inf for none. Equal to `upper`: an equality."""
    upper: np.ndarray
    """Shape (k,); inf for none."""
    value: Callable[[np.ndarray], np.ndarray]
    """x (size,) -> (k,)."""
    jacobian: Callable[[np.ndarray], np.ndarray]
    """x (size,) -> (k, size)."""
    tolerance: float = 1e-4
    """How far a component may lie beyond its limit in a design that still counts as feasible."""
    linear: bool = False
    """Whether the Jacobian is the same for every x."""

    def __post_init__(self) -> None:
        if self.lower.shape != self.upper.shape or self.lower.ndim != 1:
            raise ConstraintError(
                f"{self.name} has limits of shapes {self.lower.shape}, {self.upper.shape}: pass two of (k,)."
            )
        if not np.all(self.lower <= self.upper):
            raise ConstraintError(
                f"{self.name} has the limits {self.lower} to {self.upper}: pass lower at or below upper."
            )
        if not self.tolerance >= 0.0:
            raise ConstraintError(f"{self.name} has the tolerance {self.tolerance!r}: pass 0 or more.")

    @property
    def equal(self) -> np.ndarray:
        """Which components are equalities, shape (k,), bool."""
        return self.lower == self.upper

    def violation(self, values: np.ndarray) -> float:
        """How far the worst component lies beyond its limit; 0 where all are met."""
        return float(np.max(np.maximum(self.lower - values, values - self.upper), initial=0.0))

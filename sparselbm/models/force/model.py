"""What a body force is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..model_parameter import ModelParameter


class BodyForce(ABC):
    """A force on the fluid of every cell: a frozen value with one formula."""

    @abstractmethod
    def parameters(self, dimension: int) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel [lattice units]."""

    @abstractmethod
    def fields(self, dimension: int) -> dict[str, "FieldSource"]:
        """Names of the values that it has in each cell, and the functions that give them."""

    @abstractmethod
    def at(self, cell, before: Sequence) -> list:
        """F, one value an axis [lattice momentum / cell / step].

        `cell` gives `parameter(name)`, `field(name)`, `place(axis)` [cells], `density` and `momentum`, sum c f;
        `before` is the sum of the forces that come before this one.
        """


FieldSource = Callable[[Any], np.ndarray]
"""From a Domain to the values in its cells, (n, cells)."""

"""Base class of body forces."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from ..field_range import FieldRange
from ..model_parameter import ModelParameter


class BodyForce(ABC):
    """Force on the fluid in every cell: a frozen value with one formula."""

    field_range: ClassVar[FieldRange | None] = None
    """Values that its fields may have; None: all finite values."""

    @abstractmethod
    def parameters(self, dimension: int) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel [lattice units]."""

    @abstractmethod
    def fields(self, dimension: int) -> dict[str, "FieldSource"]:
        """Names of the fields that the force needs per cell, and the functions that compute them."""

    @abstractmethod
    def at(self, cell, before: Sequence) -> list:
        """Force F, one value per axis [lattice momentum / cell / step].

        `cell` provides `parameter(name)`, `field(name)`, `centre(axis)` [cells], `density` and `momentum` sum c f;
        `before` is the sum of the forces listed before this one.
        """


FieldSource = Callable[[Any], np.ndarray]
"""Function from a Domain to values per cell, (n, cells)."""

"""Base class of the conditions of a scalar on a solid body."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..model_parameter import ModelParameter


@dataclass(frozen=True)
class ScalarBody(ABC):
    """State of an obstacle as the scalar sees it; obstacles without one are insulated."""

    obstacle: str
    """Name of the obstacle."""

    @abstractmethod
    def parameters(self) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel."""

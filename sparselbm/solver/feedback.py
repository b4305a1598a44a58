"""Models outside of the flow that act on it, such as the vessels beyond an outlet."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager


class Feedback(ABC):
    """Model that reads the flow every few steps and changes parameters or fields of its conditions.

    A `Simulation` updates it in `run`; a gradient does not follow it and is refused.
    """

    interval: int
    """Number of steps between two updates."""
    level: float
    """Present pressure [Pa] that corresponds to density 1."""

    @abstractmethod
    def update(self) -> None:
        """Reads the present state and sets the values for the steps up to the next update."""

    @abstractmethod
    def towards_steady(self) -> AbstractContextManager[None]:
        """Context in which only the steady state matters, so that the model may take a shorter way to it than in time."""

    @property
    @abstractmethod
    def refusal(self) -> str:
        """Message of the error for a gradient: what would not be followed, and what to do."""

    @property
    @abstractmethod
    def memory(self) -> Mapping[str, float]:
        """Numbers by name that a restart needs beside the populations."""

    @abstractmethod
    def recall(self, memory: Mapping[str, float]) -> None:
        """Takes the numbers of a restart."""

"""What a monitor is."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from .schedule import Schedule

if TYPE_CHECKING:
    from ...solver import Simulation


class Sampler(ABC):
    """A monitor bound to a simulation: what is prepared once, and buffers that last as long as the recording.

    What depends on where the bodies are is looked up at every sample, or again when `Solids.version` has changed.
    """

    @abstractmethod
    def take(self) -> tuple[float, ...]:
        """The values at the simulation's present state, one a column."""


class Monitor(ABC):
    """What is recorded, and when: a frozen value. All values are in lattice units (cells, steps, density 1).

    A new monitor is one class with two methods; whatever can be refused is refused by `bind`, before a run begins.
    """

    every: Schedule
    """When it is recorded."""

    @abstractmethod
    def columns(self, simulation: "Simulation") -> tuple[str, ...]:
        """Names of the values."""

    @abstractmethod
    def bind(self, simulation: "Simulation") -> Sampler:
        """The sampler for a simulation, whose bodies may move. Raises ValueError for what does not fit it."""

"""Interface of monitors."""

from abc import ABC, abstractmethod

from ...solver import Simulation
from .schedule import Schedule


class Sampler(ABC):
    """Monitor bound to a simulation, with prepared kernels and buffers that last as long as the recording.

    Everything that depends on the position of bodies is looked up at every sample, or again after the geometry has changed.
    """

    @abstractmethod
    def take(self) -> tuple[float, ...]:
        """Values at the present state of the simulation, one per column."""


class Monitor(ABC):
    """Quantity to be recorded and its schedule: a frozen value. Values are in lattice units (cells, steps, density 1).

    A new monitor is one class with two methods; `bind` refuses everything that does not fit before a run begins. A number that
    is a sum over cells needs no monitor of its own: `Values` records any `Functional`.
    """

    every: Schedule
    """When it is recorded."""

    @abstractmethod
    def columns(self, simulation: Simulation) -> tuple[str, ...]:
        """Names of the values."""

    @abstractmethod
    def bind(self, simulation: Simulation) -> Sampler:
        """Sampler for a simulation, whose bodies may move. Raises ValueError if the monitor does not fit it."""

"""Over which states an objective is averaged."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import cos, pi


class Ends(ABC):
    """How a window begins and ends: a weight of mean 1 over it."""

    @abstractmethod
    def weight(self, place: float) -> float:
        """At a place between 0, the window's begin, and 1, its end."""


@dataclass(frozen=True)
class Sharp(Ends):
    """All states alike."""

    def weight(self, place):
        return 1.0


@dataclass(frozen=True)
class Smooth(Ends):
    """1 - cos 2 pi s (Hann): for what is periodic with a period that changes with the design.

    With sharp ends the gradient of such a mean does not converge as the window grows; with these it does, as one over its
    length. Source: Krakos, Wang, Hall & Allmaras, J. Comput. Phys. 231 (2012) 3228, section 4.
    """

    def weight(self, place):
        return 1.0 - cos(2.0 * pi * place)


@dataclass(frozen=True)
class Window:
    """The objective is the mean over the last `steps` states of the run; 1: the final state alone."""

    steps: int = 1
    ends: Ends = field(default_factory=Sharp)
    share: float = 1.0
    """What the mean is multiplied by: one over the number of windows, where there are several."""

    def weight(self, t: int, last: int) -> float:
        """The weight of state t in a run whose final state is `last`."""
        place = t - (last - self.steps) - 0.5
        return self.share * self.ends.weight(place / self.steps) / self.steps if 0.0 < place < self.steps else 0.0

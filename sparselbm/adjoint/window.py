"""States over which an objective is averaged."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import cos, pi


class Ends(ABC):
    """Shape of a window: a weight with mean 1."""

    @abstractmethod
    def weight(self, position: float) -> float:
        """Weight at a position between 0, the beginning of the window, and 1, its end."""


@dataclass(frozen=True)
class Sharp(Ends):
    """Equal weights."""

    def weight(self, position):
        return 1.0


@dataclass(frozen=True)
class Smooth(Ends):
    """1 - cos 2 pi s (Hann), for periodic flows whose period changes with the design.

    With sharp ends the gradient of such a mean does not converge as the window grows; with these it converges as one over its
    length. Source: Krakos, Wang, Hall & Allmaras, J. Comput. Phys. 231 (2012) 3228, section 4.
    """

    def weight(self, position):
        return 1.0 - cos(2.0 * pi * position)


@dataclass(frozen=True)
class Window:
    """Window of the objective: its mean over the last `steps` states of the run; 1: the final state alone."""

    steps: int = 1
    ends: Ends = field(default_factory=Sharp)
    share: float = 1.0
    """Factor of the mean: one over the number of windows, if there are several."""

    def weight(self, t: int, last: int) -> float:
        """Weight of state t in a run whose final state is `last`."""
        position = t - (last - self.steps) - 0.5
        return self.share * self.ends.weight(position / self.steps) / self.steps if 0.0 < position < self.steps else 0.0

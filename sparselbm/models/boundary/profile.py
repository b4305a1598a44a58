"""How a condition's numbers differ from cell to cell."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


class Profile(ABC):
    """Factors of the parameters of a condition in its cells: a frozen value."""

    steady = True
    """Whether it is the same at every step; if not, it is computed anew for each."""

    @abstractmethod
    def factors(self, centres: np.ndarray, shape: tuple[int, ...], step: int) -> np.ndarray:
        """One factor a cell, (n,), or one for each parameter, (n, P).

        `centres`: of the cells, (n, d) [cells from the domain's lower corner]; `shape`: cells of the domain's box.
        """


@dataclass(frozen=True)
class Parabola(Profile):
    """Product over the axes across the flow of 4 s (1 - s), s from 0 to 1 between two walls: 1 in the middle.

    Exact in a plane channel; a common inflow of ducts (Schafer & Turek 1996). The mean is 2/3 for each axis.
    """

    normal: int
    """Axis of the flow: 0, 1 or 2."""
    lower: tuple[float, ...] | None = None
    upper: tuple[float, ...] | None = None
    """Places of the walls [cells], one value an axis; None: the sides of the box."""

    def factors(self, centres, shape, step):
        lower = np.zeros(len(shape)) if self.lower is None else np.asarray(self.lower)
        upper = np.asarray(shape if self.upper is None else self.upper)
        s = np.clip((centres - lower) / (upper - lower), 0.0, 1.0)
        return np.prod(np.delete(4.0 * s * (1.0 - s), self.normal, axis=1), axis=1)


@dataclass(frozen=True)
class Tabulated(Profile):
    """Any function of place, or with `steady=False` of place and step."""

    function: Callable[..., Any]
    """From centres (n, d) [cells from the domain's lower corner] (and the step) to factors, (n,) or (n, P)."""
    steady: bool = True

    def factors(self, centres, shape, step):
        return np.asarray(self.function(centres) if self.steady else self.function(centres, step))

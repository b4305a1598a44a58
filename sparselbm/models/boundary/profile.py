"""Spatial profiles of the parameters of a condition."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


class Profile(ABC):
    """Factors by which the parameters of a condition are multiplied in its cells: a frozen value."""

    steady = True
    """Whether the profile is constant in time; otherwise it is evaluated at every step."""

    @abstractmethod
    def factors(self, centres: np.ndarray, shape: tuple[int, ...], step: int) -> np.ndarray:
        """Returns one factor per cell, (n,), or one per cell and parameter, (n, P).

        `centres`: cell centres, (n, d) [cells from the domain's lower corner]; `shape`: number of cells of the box.
        """


@dataclass(frozen=True)
class Parabola(Profile):
    """Product over the axes across the flow of 4 s (1 - s), with s from 0 to 1 between two walls: 1 in the middle.

    Exact in a plane channel; a common duct inflow (Schafer & Turek 1996). The mean is 2/3 for each axis.
    """

    normal: int
    """Axis of the flow: 0, 1 or 2."""
    lower: tuple[float, ...] | None = None
    upper: tuple[float, ...] | None = None
    """Positions of the walls [cells], one value per axis; None: the sides of the box."""

    def factors(self, centres, shape, step):
        lower = np.zeros(len(shape)) if self.lower is None else np.asarray(self.lower)
        upper = np.asarray(shape if self.upper is None else self.upper)
        s = np.clip((centres - lower) / (upper - lower), 0.0, 1.0)
        return np.prod(np.delete(4.0 * s * (1.0 - s), self.normal, axis=1), axis=1)


@dataclass(frozen=True)
class Tabulated(Profile):
    """Profile given by a function of position, or with `steady=False` of position and step."""

    function: Callable[..., Any]
    """Function of the centres (n, d) [cells from the domain's lower corner] (and the step); returns (n,) or (n, P)."""
    steady: bool = True

    def factors(self, centres, shape, step):
        return np.asarray(self.function(centres) if self.steady else self.function(centres, step))

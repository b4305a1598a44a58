"""Projection of intermediate densities towards 0 and 1."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Smoothed step rho = (tanh(beta eta) + tanh(beta (x - eta))) / (tanh(beta eta) + tanh(beta (1 - eta))).

    It maps 0 to 0 and 1 to 1 and is steep at eta, over a width of about 2 / beta: begin with beta near 1 and double it.
    Source: Wang, Lazarov & Sigmund, Struct. Multidisc. Optim. 43 (2011) 767, eq. 9.
    """

    beta: float
    """Steepness beta, above 0."""
    threshold: float = 0.5
    """eta."""

    def __post_init__(self):
        if not (0.0 < self.beta < np.inf and 0.0 <= self.threshold <= 1.0):
            raise ValueError(f"{self}: beta must be above 0 and the threshold from 0 to 1")

    def at(self, x: np.ndarray) -> np.ndarray:
        """rho(x)."""
        return (np.tanh(self.beta * self.threshold) + np.tanh(self.beta * (x - self.threshold))) / self._span

    def slope(self, x: np.ndarray) -> np.ndarray:
        """Derivative d rho / d x."""
        return self.beta / np.cosh(self.beta * (x - self.threshold)) ** 2 / self._span

    @property
    def _span(self) -> float:
        return float(np.tanh(self.beta * self.threshold) + np.tanh(self.beta * (1.0 - self.threshold)))

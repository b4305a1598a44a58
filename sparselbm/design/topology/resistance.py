"""Resistance of a porous medium as a function of density."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Resistance:
    """Resistance alpha(rho) = alpha_max + (alpha_min - alpha_max) rho (1 + q) / (rho + q), for a fluid fraction rho.

    The function is convex: intermediate densities have less resistance than the average of solid and fluid. The larger q,
    the closer to a straight line, and the less attractive are intermediate densities. Source: Borrvall & Petersson, Int. J.
    Numer. Meth. Fluids 41 (2003) 77, eq. 40.
    """

    solid: float
    """alpha_max of rho = 0 [lattice density / step]."""
    fluid: float = 0.0
    """alpha_min of rho = 1 [lattice density / step]."""
    q: float = 0.1
    """Convexity parameter, above 0; the source uses 0.01 first, then 0.1."""

    def __post_init__(self):
        if not (0.0 <= self.fluid < self.solid < np.inf and self.q > 0.0):
            raise ValueError(f"{self}: 0 <= fluid < solid must hold, both finite, and q must be above 0")

    def at(self, rho: np.ndarray) -> np.ndarray:
        """alpha(rho)."""
        return self.solid + (self.fluid - self.solid) * rho * (1.0 + self.q) / (rho + self.q)

    def slope(self, rho: np.ndarray) -> np.ndarray:
        """Derivative d alpha / d rho."""
        return (self.fluid - self.solid) * self.q * (1.0 + self.q) / (rho + self.q) ** 2

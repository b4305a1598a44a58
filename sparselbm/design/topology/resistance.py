"""From densities to the drag of a porous medium."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Resistance:
    """alpha(rho) = alpha_max + (alpha_min - alpha_max) rho (1 + q) / (rho + q), for a share of fluid rho from 0 to 1.

    Convex: what lies between solid and fluid drags less than their mean. The larger q, the nearer to the straight line, and
    the less worth is grey. Source: Borrvall & Petersson, Int. J. Numer. Meth. Fluids 41 (2003) 77, eq. 40.
    """

    solid: float
    """alpha_max, of rho = 0 [lattice density / step]."""
    fluid: float = 0.0
    """alpha_min, of rho = 1 [lattice density / step]."""
    q: float = 0.1
    """Above 0; 0.01 at first, then 0.1, is what the paper does."""

    def __post_init__(self):
        if not (0.0 <= self.fluid < self.solid < np.inf and self.q > 0.0):
            raise ValueError(f"{self}: give 0 <= fluid < solid, both finite, and q above 0")

    def at(self, rho: np.ndarray) -> np.ndarray:
        """alpha(rho)."""
        return self.solid + (self.fluid - self.solid) * rho * (1.0 + self.q) / (rho + self.q)

    def slope(self, rho: np.ndarray) -> np.ndarray:
        """d alpha / d rho."""
        return (self.fluid - self.solid) * self.q * (1.0 + self.q) / (rho + self.q) ** 2

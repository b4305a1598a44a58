"""Drag of a porous medium."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .model import BodyForce


@dataclass(frozen=True)
class Brinkman(BodyForce):
    """F = -alpha u, the drag of a porous medium whose resistance alpha differs from cell to cell.

    u itself holds half of the force: u = (j + F_before / 2) / (rho + alpha / 2), which is stable for every alpha >= 0 and stops
    the fluid as alpha grows. Flow without inertia then obeys 0 = -grad p + mu lap u - alpha u (Brinkman 1949), whose layer
    beside a solid is sqrt(mu / alpha) thick. It is the last of the forces. Field: `resistance`.
    Source: Spaid & Phelan, Phys. Fluids 9 (1997) 2468; Guo & Zhao, Phys. Rev. E 66 (2002) 036304, eq. 11.
    """

    resistance: Callable[[np.ndarray], np.ndarray] | float
    """alpha [lattice density / step]: a number, or a function from centres in cells from the domain's lower corner, (..., d)."""

    def parameters(self, dimension):
        return ()

    def fields(self, dimension):
        return {"resistance": self._in_cells}

    def at(self, cell, before):
        alpha = cell.field("resistance")
        share = alpha / (cell.density + 0.5 * alpha)
        return [-1.0 * (share * (j + 0.5 * F)) for j, F in zip(cell.momentum, before, strict=True)]

    def _in_cells(self, domain) -> np.ndarray:
        given = self.resistance
        alpha = np.asarray(given(domain.cell_indices() + 0.5) if callable(given) else given, dtype=np.float64)
        alpha = np.broadcast_to(alpha, domain.fluid.shape)
        if not (np.isfinite(alpha).all() and (alpha >= 0.0).all()):
            raise ValueError(f"Brinkman: resistances from {alpha.min()} to {alpha.max()}; they must be finite, 0 or more")
        return alpha

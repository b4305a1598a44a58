"""Drag of a porous medium."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..field_range import FieldRange
from .model import BodyForce


@dataclass(frozen=True)
class Brinkman(BodyForce):
    """Drag F = -alpha u of a porous medium whose resistance alpha may vary from cell to cell.

    u includes half of the force: u = (j + F_before / 2) / (rho + alpha / 2), which is stable for every alpha >= 0 and stops
    the fluid as alpha grows. Creeping flow then satisfies 0 = -grad p + mu lap u - alpha u (Brinkman 1949), with a boundary
    layer of thickness sqrt(mu / alpha) at a solid. It must be the last of the forces. Field: `resistance`.
    Source: Spaid & Phelan, Phys. Fluids 9 (1997) 2468; Guo & Zhao, Phys. Rev. E 66 (2002) 036304, eq. 11.
    """

    resistance: Callable[[np.ndarray], np.ndarray] | float
    """alpha [lattice density / step]: a number, or a function of centres (..., d) [cells from the domain's lower corner]."""

    field_range: ClassVar[FieldRange] = FieldRange(0.0)

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
        if not self.field_range.contains(alpha).all():
            raise ValueError(
                f"Brinkman(resistance): values from {alpha.min()} to {alpha.max()}; all must be {self.field_range}"
            )
        return alpha

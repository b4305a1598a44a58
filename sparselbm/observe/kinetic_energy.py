"""The flow's kinetic energy."""

from dataclasses import dataclass

import numpy as np

from ..trace.expression import dot
from .observable import Observable
from .open_share import open_share


@dataclass(frozen=True)
class KineticEnergy(Observable):
    """E = sum (1 - eps) rho u.u / 2 over the fluid [lattice energy]."""

    def integrand(self, cell):
        return 0.5 * open_share(cell) * cell.density * dot(cell.velocity, cell.velocity)

    def tiles(self, simulation):
        return np.arange(simulation.domain.tile_count)

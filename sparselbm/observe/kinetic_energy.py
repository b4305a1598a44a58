"""Kinetic energy of the flow."""

from dataclasses import dataclass

from ..trace.expression import dot
from .observable import Observable
from .open_share import open_share
from .unit import ENERGY


@dataclass(frozen=True)
class KineticEnergy(Observable):
    """E = sum (1 - eps) rho u.u / 2 over the fluid [lattice energy]."""

    unit = ENERGY

    def integrand(self, cell):
        return 0.5 * open_share(cell) * cell.density * dot(cell.velocity, cell.velocity)

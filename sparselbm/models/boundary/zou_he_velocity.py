"""Prescribed velocity at the cell centres of a face, by Zou and He."""

from dataclasses import dataclass

from .face import Face
from .plane import velocity_of, with_momentum
from .prescribed import PrescribedVelocity


@dataclass(frozen=True)
class ZouHeVelocity(PrescribedVelocity):
    """Velocity condition with the exact mass flux j = rho_0 u at the cells, rho_0 = 1, and rho - 1 = A - j_n.

    Incoming f_q = f_-q + 6 w_q c_n j_n + 18 w_q c_t . (j_t - T): see `plane.with_momentum`. Flow in or out.

    Source: Zou & He, Phys. Fluids 9 (1997) 1591; Hecht & Harting, J. Stat. Mech. (2010) P01018.
    """

    face: Face

    def fill(self, lattice, f, value, enters):
        return with_momentum(lattice, self.face, f, velocity_of(lattice, value), enters)

    def memory(self, lattice, f, post, enters, normal):
        return {}

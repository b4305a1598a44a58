"""Prescribed velocity at the cell centres of a face, by Zou and He."""

from dataclasses import dataclass

from .face import Face
from .plane import along_normal, excess_from_velocity, known_density, velocity_of, with_momentum
from .prescribed import PrescribedVelocity


@dataclass(frozen=True)
class ZouHeVelocity(PrescribedVelocity):
    """Velocity condition with the exact u at the cells and rho = (1 + A) / (1 + u_n) from the known populations.

    Incoming f_q = f_-q + 6 w_q c_n j_n + 18 w_q c_t . (j_t - T): see `plane.with_momentum`. Flow in or out.

    Source: Zou & He, Phys. Fluids 9 (1997) 1591; Hecht & Harting, J. Stat. Mech. (2010) P01018.
    """

    face: Face

    def fill(self, lattice, f, value, enters):
        u = velocity_of(lattice, value)
        excess = excess_from_velocity(known_density(lattice, self.face, f), along_normal(self.face, u))
        j = [(1.0 + excess) * uk for uk in u]
        return with_momentum(lattice, self.face, f, j, enters)

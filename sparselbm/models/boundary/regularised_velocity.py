"""Prescribed velocity at the cell centres of a face, with all populations rebuilt."""

from dataclasses import dataclass

from .face import Face
from .plane import along_normal, known_density, velocity_of
from .prescribed import PrescribedVelocity
from .second_order import second_order


@dataclass(frozen=True)
class RegularisedVelocity(PrescribedVelocity):
    """Velocity condition with the exact mass flux j = rho_0 u at the cells, rho_0 = 1, and rho - 1 = A - j_n:

    f_q = f_q^eq(rho, j / rho) + 9/2 w_q (c_q c_q - c_s^2 I) : Pi, with Pi from the known populations and, for the incoming
    ones, the bounce-back of their non-equilibrium part (see `second_order`). Flow in or out.

    Source: Latt et al., Phys. Rev. E 77 (2008) 056703 (their BC3).
    """

    face: Face

    def fill(self, lattice, f, value, enters):
        j = velocity_of(lattice, value)
        excess = known_density(lattice, self.face, f) - along_normal(self.face, j)
        return second_order(lattice, f, excess, [jk / (1.0 + excess) for jk in j], enters)

    def memory(self, lattice, f, post, enters, normal):
        return {}

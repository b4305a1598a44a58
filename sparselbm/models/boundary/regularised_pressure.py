"""Prescribed density at the cell centres of a face, with all populations rebuilt."""

from dataclasses import dataclass

from .plane import known_density
from .prescribed import PrescribedPressure
from .second_order import second_order


@dataclass(frozen=True)
class RegularisedPressure(PrescribedPressure):
    """Pressure condition with the exact density at the cells and flow normal to the face. Flow in or out.

    u_n = (1 + A) / rho - 1, u_t = 0; all populations are rebuilt as in `RegularisedVelocity`.

    Source: Latt et al., Phys. Rev. E 77 (2008) 056703 (their BC3).
    """

    def fill(self, lattice, f, value, enters):
        excess = value["density"]
        u = [0.0] * lattice.dimension
        u[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - excess) / (1.0 + excess)
        return second_order(lattice, f, excess, u, enters)

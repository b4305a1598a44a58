"""Prescribed density at the cell centres of a face, by Zou and He."""

from dataclasses import dataclass

from .plane import known_density, with_momentum
from .prescribed import PrescribedPressure


@dataclass(frozen=True)
class ZouHePressure(PrescribedPressure):
    """Pressure condition with the exact density at the cells and flow normal to the face. Flow in or out.

    j_n = A - (rho - 1), u_t = 0; incoming f_q = f_-q + 6 w_q c_n j_n - 18 w_q c_t . T: see `plane.with_momentum`.

    Source: Zou & He, Phys. Fluids 9 (1997) 1591; Hecht & Harting, J. Stat. Mech. (2010) P01018.
    """

    def fill(self, lattice, f, value, enters):
        j = [0.0] * lattice.dimension
        j[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - value["density"])
        return with_momentum(lattice, self.face, f, j, enters)

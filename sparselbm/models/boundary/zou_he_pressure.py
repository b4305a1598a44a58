"""A given density at the centres of a face's cells, by Zou and He."""

from dataclasses import dataclass

from .plane import known_density, with_momentum
from .prescribed import GivenPressure


@dataclass(frozen=True)
class ZouHePressure(GivenPressure):
    """The density holds exactly at the cells, flow is normal to the face: j_n = A - (rho - 1), u_t = 0. Flow in or out.

    What enters is f_q = f_-q + 6 w_q c_n j_n - 18 w_q c_t . T: see `plane.with_momentum`.

    Source: Zou & He, Phys. Fluids 9 (1997) 1591; Hecht & Harting, J. Stat. Mech. (2010) P01018.
    """

    def fill(self, lattice, f, value, enters):
        j = [0.0] * lattice.dimension
        j[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - value["density"])
        return with_momentum(lattice, self.face, f, j, enters)

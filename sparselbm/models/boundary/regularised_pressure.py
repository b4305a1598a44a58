"""A given density at the centres of a face's cells, all populations rebuilt."""

from dataclasses import dataclass

from .plane import known_density
from .prescribed import GivenPressure
from .second_order import second_order


@dataclass(frozen=True)
class RegularisedPressure(GivenPressure):
    """The density holds exactly at the cells, flow is normal to the face: u_n = (1 + A) / rho - 1, u_t = 0. In or out.

    All populations are made anew as by `RegularisedVelocity`.

    Source: Latt et al., Phys. Rev. E 77 (2008) 056703 (their BC3).
    """

    def fill(self, lattice, f, value, enters):
        excess = value["density"]
        u = [0.0] * lattice.dimension
        u[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - excess) / (1.0 + excess)
        return second_order(lattice, f, excess, u, enters)

"""A given density at the centres of a face's cells, all populations rebuilt."""

from dataclasses import dataclass

from .condition import Boundary
from .face import Face
from .plane import known_density, require_density
from .second_order import second_order


@dataclass(frozen=True)
class RegularisedPressure(Boundary):
    """The density holds exactly at the cells, flow is normal to the face: u_n = (1 + A) / rho - 1, u_t = 0. In or out.

    All populations are made anew as by `RegularisedVelocity`.
    Sound is reflected whole: between this and a velocity inlet it is trapped, and the flow around a cylinder blew up at
    tau - 1/2 = 0.015, where `PressureOutlet` held at 3e-5.

    Source: Latt et al., Phys. Rev. E 77 (2008) 056703 (their BC3).
    Parameter: `density` (rho - 1).
    """

    face: Face
    density: float = 1.0
    """rho [lattice density]; the pressure is rho / 3."""

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return {"density": self.density - 1.0}

    def fill(self, lattice, f, value, enters):
        excess = value["density"]
        u = [0.0] * lattice.dimension
        u[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - excess) / (1.0 + excess)
        return second_order(lattice, f, excess, u, enters)

    def memory(self, lattice, f, post):
        return {}

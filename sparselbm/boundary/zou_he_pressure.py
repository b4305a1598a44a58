"""A given density at the centres of a face's cells, by Zou and He."""

from dataclasses import dataclass

from .condition import Boundary
from .face import Face
from .plane import known_density, require_density, with_momentum


@dataclass(frozen=True)
class ZouHePressure(Boundary):
    """The density holds exactly at the cells, flow is normal to the face: j_n = A - (rho - 1), u_t = 0. Flow in or out.

    What enters is f_q = f_-q + 6 w_q c_n j_n - 18 w_q c_t . T: see `plane.with_momentum`.
    Sound is reflected whole: between this and a velocity inlet it is trapped, and the flow around a cylinder blew up at
    tau - 1/2 = 0.015, where `PressureOutlet` held at 3e-5.

    Source: Zou & He, Phys. Fluids 9 (1997) 1591; Hecht & Harting, J. Stat. Mech. (2010) P01018.
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
        j = [0.0] * lattice.dimension
        j[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - value["density"])
        return with_momentum(lattice, self.face, f, j, enters)

    def memory(self, lattice, f, post):
        return {}

"""Prescribed density at the cell centres of a face, by Grad's approximation of the incoming populations."""

from dataclasses import dataclass

from ...trace.expression import where
from .plane import known_density, resting_momentum
from .prescribed import PrescribedPressure
from .second_order import second_order


@dataclass(frozen=True)
class GradPressure(PrescribedPressure):
    """Pressure condition f_q = f_q^eq(rho, u) + 9/2 w_q (c_q c_q - c_s^2 I) : Pi for the incoming q.

    Flow may enter or leave. u_n = (1 + A) / rho - 1 as in Zou & He; the tangential velocity is free, u_t = 3/2 T / rho
    with T = sum_{c.n = 0} c_t f. Pi as in `GradVelocity`. rho is imposed up to the error of Pi, not exactly.

    This pressure condition needs the most viscosity: in a D3Q19 duct of 8 x 8 cells at u = 0.05 it was stable at
    nu = 0.02 and unstable at 0.015 with every collision tried; `ZouHePressure` was stable at 0.01, `PressureOutlet` at 0.005.

    Source: Dorschner, Chikatamarla, Bosch & Karlin, J. Comput. Phys. 295 (2015) 340;
    Chikatamarla, Ansumali & Karlin, Europhys. Lett. 74 (2006) 215.
    """

    def fill(self, lattice, f, value, enters):
        excess = value["density"]
        j = [1.5 * Tk for Tk in resting_momentum(lattice, self.face, f)]
        j[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - excess)
        made = second_order(lattice, f, excess, [jk / (1.0 + excess) for jk in j], enters)
        return [where(enter, new, fq) for new, fq, enter in zip(made, f, enters, strict=True)]

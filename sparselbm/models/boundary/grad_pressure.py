"""A given density at the centres of a face's cells, by Grad's approximation of what enters."""

from dataclasses import dataclass

from ...trace.expression import where
from .plane import known_density, resting_momentum
from .prescribed import GivenPressure
from .second_order import second_order


@dataclass(frozen=True)
class GradPressure(GivenPressure):
    """What enters is f_q = f_q^eq(rho, u) + 9/2 w_q (c_q c_q - c_s^2 I) : Pi; what is known stays. Flow in or out.

    u_n = (1 + A) / rho - 1 as by Zou & He; the tangential velocity is free, u_t = 3/2 T / rho with T = sum_{c.n = 0} c_t f.
    Pi as by `GradVelocity`. rho holds at the cells up to Pi's error, not exactly.

    Of the pressure conditions the one that needs most viscosity: in a D3Q19 duct of 8 x 8 cells at u = 0.05 it held nu = 0.02
    and blew up at 0.015 with every collision tried; `ZouHePressure` held 0.01, `PressureOutlet` 0.005.

    Source: Dorschner, Chikatamarla, Bosch & Karlin, J. Comput. Phys. 295 (2015) 340;
    Chikatamarla, Ansumali & Karlin, Europhys. Lett. 74 (2006) 215.
    """

    def fill(self, lattice, f, value, enters):
        excess = value["density"]
        j = [1.5 * Tk for Tk in resting_momentum(lattice, self.face, f)]
        j[self.face.axis] = -self.face.inward * (known_density(lattice, self.face, f) - excess)
        made = second_order(lattice, f, excess, [jk / (1.0 + excess) for jk in j], enters)
        return [where(enter, new, fq) for new, fq, enter in zip(made, f, enters, strict=True)]

"""Prescribed velocity at the cell centres, by Grad's approximation of the incoming populations."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...trace.expression import total, where
from .plane import velocity_of
from .prescribed import PrescribedVelocity
from .second_order import second_order


@dataclass(frozen=True)
class GradVelocity(PrescribedVelocity):
    """Velocity condition f_q = f_q^eq(rho, j / rho) + 9/2 w_q (c_q c_q - c_s^2 I) : Pi for the incoming q. Flow in or out.

    The mass flux j = rho_0 u and the density are those of moving bounce-back, rho_0 = 1: rho - 1 = sum_known f_q + sum_enters
    (f_-q + 6 w_q c_q . j). Pi is computed from the known populations and the bounce-back of their non-equilibrium part (see
    `second_order`), where the source uses finite differences between cells. No normal is needed, so the opening may have any
    shape. u is imposed up to the error of Pi, not exactly.

    Source: Dorschner, Chikatamarla, Bosch & Karlin, J. Comput. Phys. 295 (2015) 340;
    Chikatamarla, Ansumali & Karlin, Europhys. Lett. 74 (2006) 215.
    """

    needs_plane = False

    def fill(self, lattice, f, value, enters):
        j = velocity_of(lattice, value)
        bounced = total(where(enter, f[p], fq) for fq, p, enter in zip(f, lattice.opposites, enters, strict=True))
        inward = total(
            where(enter, 6.0 * w * along(c, j), 0.0)
            for w, c, enter in zip(lattice.weights, lattice.velocities, enters, strict=True)
        )
        excess = bounced + inward
        made = second_order(lattice, f, excess, [jk / (1.0 + excess) for jk in j], enters)
        return [where(enter, new, fq) for new, fq, enter in zip(made, f, enters, strict=True)]

    def memory(self, lattice, f, post, enters, normal):
        return {}

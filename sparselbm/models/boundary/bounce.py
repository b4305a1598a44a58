"""Bounce-back from a moving surface, shared by the sliding wall and the velocity inlet."""

from abc import ABC
from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...trace.expression import where
from .plane import velocity_of
from .prescribed import PrescribedVelocity


@dataclass(frozen=True)
class MovingBounce(PrescribedVelocity, ABC):
    """Bounce-back f_q = f*_-q + 6 w_q rho_0 c_q . u for the incoming q, with rho_0 = 1; f*_-q is already in place.

    Source: Ladd, J. Fluid Mech. 271 (1994) 285, eq. 3.3.
    """

    needs_plane = False

    def fill(self, lattice, f, value, enters):
        u = velocity_of(lattice, value)
        return [
            where(enter, fq + 6.0 * w * along(c, u), fq)
            for fq, w, c, enter in zip(f, lattice.weights, lattice.velocities, enters, strict=True)
        ]

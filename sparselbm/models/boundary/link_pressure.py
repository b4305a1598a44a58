"""Prescribed density at the middle of each link of an opening of any shape."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...lattice.moments import momentum
from ...trace.expression import dot, where
from .condition import BoundaryCondition
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class LinkPressure(BoundaryCondition):
    """Anti-bounce-back for the incoming q, with n_q = f_q - f*_q the change by the last collision. Flow in or out:

    f_q = -f*_-q + 2 w_q (rho - 1 + 9/2 (c_q . u)^2 - 3/2 u . u) + 3 nu (n_q + n_-q).

    No normal appears, so that the opening may be tilted or curved. The last term is the viscous stress on the link: without it,
    shear drives a cross flow of a tenth of the velocity behind the opening, and a channel of W cells is shortened by
    0.36 + 0.047 W cells at either end. With it Poiseuille flow is exact, and the density holds at the centres of the cells.
    The velocity is free: u = sum c f of the cell's own populations, what enters taken without its squares. On a flat side of
    the box the tangential velocity is free too; sound is reflected whole, as by `PrescribedPressure`.
    Parameter: `density` (rho; schedules and profiles multiply rho - 1).

    Source: Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427, section 4.4 (PAB, with its correction).
    """

    density: float = 1.0
    """rho [lattice density]; the pressure is rho / 3."""

    needs_plane = False
    on_links = True

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        slow = list(f)
        for q in self.face.entering(lattice):
            slow[q] = where(enters[q], 2.0 * lattice.weights[q] * value["density"](q) - f[q], f[q])
        u = momentum(lattice, slow)
        square = dot(u, u)
        return [
            where(enter, fq + w * (9.0 * along(c, u) * along(c, u) - 3.0 * square), fq) if any(c) else fq
            for fq, w, c, enter in zip(slow, lattice.weights, lattice.velocities, enters, strict=True)
        ]

    def memory(self, lattice, f, post, viscosity):
        change = [a - b for a, b in zip(f, post, strict=True)]
        links = [(q, lattice.opposites[q]) for q in self.face.entering(lattice)]
        return {p: post[p] - 3.0 * viscosity * (change[q] + change[p]) for q, p in links}

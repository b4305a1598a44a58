"""Prescribed density at an opening of any shape."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...lattice.moments import macroscopic
from ...trace.expression import where
from .condition import BoundaryCondition
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class LinkPressure(BoundaryCondition):
    """Density on the links of an opening, which may be tilted or curved; no normal appears. For the incoming q

    f_q = f+_q + f-*_q + 2 w_q (rho_out - rho) + 2 c_q . u (f+_q - f+*_q), f+- = (f_q +- f_-q) / 2,

    where f, f*, rho and u are those of the cell before and after the previous collision. That is anti-bounce-back with the
    correction for viscous stress; the last term takes u^2 from the cell to the middle of the link. Without either, shear drives a
    cross flow of 0.1 to 0.3 times the velocity behind the opening, and shortens a channel of W cells by 0.36 + 0.047 W cells.
    Poiseuille flow is exact. The density holds at the centres of the cells. Flow in or out; the tangential velocity is free.
    Sound is reflected whole, as by `PrescribedPressure`. Parameter: `density` (rho_out; schedules and profiles multiply
    rho_out - 1).

    Source: Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427, section 4.4 (PAB).
    """

    density: float = 1.0
    """rho_out [lattice density]; the pressure is rho / 3."""

    needs_plane = False
    on_links = True

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        result = list(f)
        for q in self.face.entering(lattice):
            result[q] = where(enters[q], f[q] + 2.0 * lattice.weights[q] * value["density"](q), f[q])
        return result

    def memory(self, lattice, f, post):
        (excess, u), kept = macroscopic(lattice, f, [0.0] * lattice.dimension), {}
        for q in self.face.entering(lattice):
            p, w = lattice.opposites[q], lattice.weights[q]
            even, even_post, odd_post = 0.5 * (f[q] + f[p]), 0.5 * (post[q] + post[p]), 0.5 * (post[q] - post[p])
            stress = 2.0 * along(lattice.velocities[q], u) * (even - even_post)
            kept[p] = even + odd_post - 2.0 * w * excess + stress
        return kept

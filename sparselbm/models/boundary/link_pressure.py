"""Prescribed density at an opening of any shape."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...lattice.moments import macroscopic, momentum
from ...trace.expression import dot, where
from .condition import BoundaryCondition
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class LinkPressure(BoundaryCondition):
    """Density on the links of an opening, which may be tilted or curved; no normal appears. Flow in or out. For the incoming q

    f_q = -f*_-q + 2 w_q (rho_out - 1 + 9/2 (c_q . u)^2 - 3/2 u . u) on a patch (anti-bounce-back), with u = sum c f of the cell;
    f_q = f+_q + f-*_q + 2 w_q (rho_out - rho) + 2 c_q . u (f+_q - f+*_q) on a side of the box, f+- = (f_q +- f_-q) / 2,

    where f, f*, rho and u are those before and after the previous collision. The latter is anti-bounce-back with its correction
    for viscous stress, and with u^2 at the middle of the link instead of the cell. Poiseuille flow is then exact, with the
    density at the centres of the cells. On a patch the correction is unstable; there, shear drives a cross flow of 0.1 to 0.3
    times the velocity behind the opening, and slow flow finds a channel of W cells shortened by 0.36 + 0.047 W cells.
    The tangential velocity is free. Sound is reflected whole, as by `PrescribedPressure`. Parameter: `density` (rho_out;
    schedules and profiles multiply rho_out - 1).

    Source: Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427, section 4.4 (PAB).
    """

    density: float = 1.0
    """rho_out [lattice density]; the pressure is rho / 3."""

    precedence = 3.0
    needs_plane = False
    on_links = True

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        sign = 1.0 if self.face.plane else -1.0
        given = list(f)
        for q in self.face.entering(lattice):
            given[q] = where(enters[q], 2.0 * lattice.weights[q] * value["density"](q) + sign * f[q], f[q])
        return given if self.face.plane else self._with_squares(lattice, given, enters)

    def memory(self, lattice, f, post, enters):
        if not self.face.plane:
            return {}
        (excess, u), kept = macroscopic(lattice, f, [0.0] * lattice.dimension), {}
        for q in self.face.entering(lattice):
            p, w = lattice.opposites[q], lattice.weights[q]
            even, even_post, odd_post = 0.5 * (f[q] + f[p]), 0.5 * (post[q] + post[p]), 0.5 * (post[q] - post[p])
            stress = 2.0 * along(lattice.velocities[q], u) * (even - even_post)
            kept[p] = even + odd_post - 2.0 * w * excess + stress
        return kept

    def _with_squares(self, lattice, slow: list, enters) -> list:
        """Adds the squares of u, which depends on them: five iterations, each of which leaves an eighth
        of the error; an even number of them is unstable at lower u / nu."""
        f = slow
        for _ in range(5):
            u = momentum(lattice, f)
            square, f = dot(u, u), list(slow)
            for q in self.face.entering(lattice):
                cu = along(lattice.velocities[q], u)
                f[q] = where(enters[q], slow[q] + lattice.weights[q] * (9.0 * cu * cu - 3.0 * square), slow[q])
        return f

"""Prescribed density at an opening of any shape."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...lattice.equilibrium import along, equilibrium_parts
from ...lattice.moments import macroscopic, momentum
from ...trace.expression import dot, total, where
from .condition import BoundaryCondition
from .plane import density_parameter, require_density
from .second_order import stress

_GAIN = 0.5
"""m: part of what the relation lacks by which a population is adjusted; 1 is unstable above nu = 1."""
_RESISTANCE = 0.1
"""k [cells / step] on a patch; on a side of the box the flow is determined without it."""


@dataclass(frozen=True)
class LinkPressure(BoundaryCondition):
    """Density at the cells of an opening, which may be tilted or curved. Flow in or out. Each incoming population is adjusted,
    f_q(t + 1) = f_q + m R_q, until

    R_q = 2 w_q (rho_out - rho) - g_q + I_q - 6 w_q k c_t . u = 0,
    g_q = f-_q - f*-_q + 3 w_q c_q . F, I_q = 9 w_q u_n (3 c_n^2 - 1) c_t . T,

    with f and f* the populations before and after the previous collision, n the normal of the opening, c_n = c_q . n,
    c_t = c_q - c_n n, and T = Pi n, Pi = sum_q c_q c_q (f_q - f*_q). This is anti-bounce-back without the viscous stress that it
    takes for a pressure; I is what the inertia of a flow along n adds to g. The steady flow does not depend on m. Poiseuille flow
    along the grid is exact, with the density at the centres of the cells: at each end a channel is shorter by their mean distance
    from the opening, 0.1 to 0.6. Anti-bounce-back, which shortens it by 0.36 + 0.047 W cells with a cross flow of 0.2 times
    the velocity, remains on links whose opposite crosses the opening too.

    On a patch, k leads the flow to the normal of the surface, since the pressure alone does not determine the flow in cells where
    nearly all links cross. On a side of the box k = 0: the tangential velocity is free. Sound is reflected whole, as by
    `PrescribedPressure`. Parameter: `density` (rho_out; schedules and profiles multiply rho_out - 1).

    Source: own derivation from Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427, section 4.4 (PAB).
    """

    density: float = 1.0
    """rho_out [lattice density]; the pressure is rho / 3."""

    precedence = 2.5
    needs_plane = False
    needs_normal = True
    on_links = True

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        given = list(f)
        for q in self.face.entering(lattice):
            given[q] = where(enters[q], 2.0 * _GAIN * lattice.weights[q] * value["density"](q) + f[q], f[q])
        return given

    def memory(self, lattice, f, post, enters, normal):
        force = [after - before for before, after in zip(momentum(lattice, f), momentum(lattice, post), strict=True)]
        excess, u = macroscopic(lattice, f, force)
        even, _ = equilibrium_parts(lattice, excess, u)
        un, shear = dot(u, normal), _shear(lattice, f, post, normal)
        sideways = [0.0 if self.face.plane else uk - un * nk for uk, nk in zip(u, normal, strict=True)]
        kept = {}
        for q in self.face.entering(lattice):
            p, w, c = lattice.opposites[q], lattice.weights[q], lattice.velocities[q]
            cn = along(c, normal)
            odd = 0.5 * (f[q] - f[p] - post[q] + post[p]) + 3.0 * w * along(c, force)
            inertia = 9.0 * w * un * (3.0 * cn * cn - 1.0) * along(c, shear)
            lack = inertia - odd - 2.0 * w * excess - 6.0 * w * _RESISTANCE * along(c, sideways)
            pressed = 2.0 * even[q] - 0.5 * (f[q] + f[p] + post[q] + post[p])
            kept[p] = f[q] + _GAIN * (lack if self.face.plane else where(enters[p], lack + pressed, lack))
        return kept


def _shear(lattice: Lattice, f: Sequence, post: Sequence, normal: Sequence) -> list:
    """Tangential part of T = Pi n, Pi = sum_q c_q c_q (f_q - f*_q), shape (d,)."""
    pi, d = stress(lattice, [a - b for a, b in zip(f, post, strict=True)]), lattice.dimension
    across = [total(pi[min(a, b), max(a, b)] * normal[b] for b in range(d)) for a in range(d)]
    straight = dot(across, normal)
    return [value - straight * nk for value, nk in zip(across, normal, strict=True)]

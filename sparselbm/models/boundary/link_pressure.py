"""Prescribed density at the middle of each link of an opening of any shape."""

from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...lattice.moments import momentum
from ...trace.expression import dot, where
from .condition import BoundaryCondition
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class LinkPressure(BoundaryCondition):
    """Anti-bounce-back f_q = -f*_-q + 2 w_q (rho - 1 + 9/2 (c_q . u)^2 - 3/2 u . u) for the incoming q. Flow in or out.

    Anti-bounce-back: the density holds halfway along each link, so that the opening may be tilted or curved; no normal appears.
    The velocity is free: u = sum c f of the cell's own populations, what enters taken without its squares. On a flat side of
    the box the tangential velocity is free too; sound is reflected whole, as by `PrescribedPressure`.
    Parameter: `density` (rho; schedules and profiles multiply rho - 1).

    Source: Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427, section 4.4 (PAB).
    """

    density: float = 1.0
    """rho [lattice density]; the pressure is rho / 3."""

    needs_plane = False

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        excess = value["density"]
        slow = [
            where(enter, 2.0 * w * excess - fq, fq) for fq, w, enter in zip(f, lattice.weights, enters, strict=True)
        ]
        u = momentum(lattice, slow)
        square = dot(u, u)
        return [
            where(enter, fq + w * (9.0 * along(c, u) * along(c, u) - 3.0 * square), fq) if any(c) else fq
            for fq, w, c, enter in zip(slow, lattice.weights, lattice.velocities, enters, strict=True)
        ]

    def memory(self, lattice, f, post):
        return {}

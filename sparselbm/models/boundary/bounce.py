"""Bounce-back from a moving surface, shared by the sliding wall and the velocity inlet."""

from abc import ABC
from dataclasses import dataclass

from ...lattice.equilibrium import along
from ...trace.expression import where
from .prescribed import PrescribedVelocity


@dataclass(frozen=True)
class MovingBounce(PrescribedVelocity, ABC):
    """Bounce-back f_q = f*_-q + 6 w_q rho_0 c_q . u for the incoming q, with rho_0 = 1; f*_-q is already in place.

    u is that of the profile halfway along the link: at the cell's centre it would leave a tangential velocity of half the
    profile's slope per cell (first order). The weights of the links are those of Simpson's rule, so that the flow rate is exact
    for profiles up to third order.

    Source: Ladd, J. Fluid Mech. 271 (1994) 285, eq. 3.3.
    """

    needs_plane = False
    on_links = True

    def fill(self, lattice, f, value, enters):
        result = list(f)
        for q in self.face.entering(lattice):
            c = lattice.velocities[q]
            u = [value[f"velocity_{axis}"](q) if ck else 0.0 for axis, ck in zip("xyz", c, strict=False)]
            result[q] = where(enters[q], f[q] + 6.0 * lattice.weights[q] * along(c, u), f[q])
        return result

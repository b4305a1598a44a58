"""Power that is needed to sustain a flow."""

from dataclasses import dataclass

from ..trace.expression import dot
from .dissipation import Dissipation
from .observable import Observable
from .unit import POWER


@dataclass(frozen=True)
class PowerLoss(Observable):
    """P = sum alpha u.u + 2 rho nu S : S [lattice energy / step]: power dissipated by drag (`Brinkman`) and viscosity.

    In Stokes flow with specified velocities on the boundary, P is the minimum over all flows with div u = 0, so that
    d P / d alpha = u.u and the adjoint velocity is a multiple of u. Where the velocity on the boundary is normal to flat sides,
    the integral of 2 S : S equals that of grad u : grad u, and P / 2 is the functional of Borrvall & Petersson.
    Source: Borrvall & Petersson, Int. J. Numer. Meth. Fluids 41 (2003) 77, eq. 11.
    """

    unit = POWER

    def integrand(self, cell):
        if "resistance" not in cell.physics.fields:
            raise ValueError("PowerLoss of a simulation without drag: pass force=Brinkman(...), or use Dissipation")
        return cell.field("resistance") * dot(cell.velocity, cell.velocity) + Dissipation().integrand(cell)

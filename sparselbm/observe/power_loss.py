"""What it takes to keep a flow going."""

from dataclasses import dataclass

import numpy as np

from ..trace.expression import dot
from .dissipation import Dissipation
from .observable import Observable


@dataclass(frozen=True)
class PowerLoss(Observable):
    """P = sum alpha u.u + 2 rho nu S : S [lattice energy / step]: what drag (`Brinkman`) and viscosity turn into heat.

    In Stokes flow with given velocities on the boundary P is the least that any flow with div u = 0 needs, so that
    d P / d alpha = u.u and the adjoint velocity is a multiple of u. Where velocity on the boundary is normal to flat sides,
    the integral of 2 S : S is that of grad u : grad u, and P / 2 the functional of Borrvall & Petersson.
    Source: Borrvall & Petersson, Int. J. Numer. Meth. Fluids 41 (2003) 77, eq. 11.
    """

    def integrand(self, cell):
        return cell.field("resistance") * dot(cell.velocity, cell.velocity) + Dissipation().integrand(cell)

    def tiles(self, simulation):
        if "resistance" not in simulation.physics.fields:
            raise ValueError("PowerLoss of a simulation without drag: give it force=Brinkman(...), or use Dissipation")
        return np.arange(simulation.domain.tile_count)

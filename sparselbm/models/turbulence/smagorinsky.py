"""Smagorinsky subgrid-scale model, computed from the stress of the cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ...lattice import Lattice
from ...trace.expression import sqrt
from ..collision.model import Collision, require_local
from ..rheology.strain import strain_stress


def eddy_viscosity(lattice: Lattice, f: Sequence, viscosity, force: Sequence, squared_length):
    """nu_t = l^2 (2 S : S)^(1/2) [cells^2 / step] of a squared length l^2 [cells^2], from the stress of the cell.

    With tau = 3 (nu + nu_t) + 1/2 and q = (2 Pi : Pi)^(1/2) / rho, the shear rate is 3 q / (2 tau), so tau (tau - tau_0) =
    9/2 l^2 q: nu_t = 3 l^2 q / (tau_0 + (tau_0^2 + 18 l^2 q)^(1/2)), a form without cancellation at small q.
    """
    q = strain_stress(lattice, f, force)
    tau = 3.0 * viscosity + 0.5
    return 3.0 * squared_length * q / (tau + sqrt(tau * tau + 18.0 * squared_length * q))


@dataclass(frozen=True)
class Smagorinsky(Collision):
    """Eddy viscosity nu_t = C^2 (2 S : S)^(1/2) with a filter width of one cell, around any collision with nu + nu_t: see
    `eddy_viscosity`.

    Source: Hou, Sterling, Chen & Doolen, Fields Inst. Commun. 6 (1996) 151.
    """

    collision: Collision
    constant: float = 0.1
    """C, dimensionless; 0.1 in channels, 0.17 in homogeneous turbulence."""

    def __post_init__(self):
        require_local(self, self.collision)
        if not 0.0 < self.constant < inf:
            raise ValueError(
                f"Smagorinsky(constant={self.constant}): must be above 0 and finite; use 0.1 with walls, 0.17 without"
            )

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        eddies = eddy_viscosity(lattice, f, viscosity, force, self.constant**2)
        return self.collision.collide(lattice, f, viscosity + eddies, force)

    def largest_eddy_viscosity(self, velocity):
        return self.constant**2 * velocity

    def odd_relaxation(self, viscosity):
        return self.collision.odd_relaxation(viscosity)

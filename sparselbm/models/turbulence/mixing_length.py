"""Prandtl's mixing length, a turbulence model of the surface layer above walls with a wall law."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from ...lattice import Lattice
from ...trace.expression import sqrt
from ...units import Unit
from ..collision.model import Collision, require_local
from ..in_si import in_si
from .rough_wall import KAPPA
from .smagorinsky import eddy_viscosity

_AT_WALL = 1.0 / 6.0
"""Square of a length added to that of the distance [cells^2]. The velocity grows from cell to cell by the mean of 1 / nu_t of
both, which without it is 0.23 u_tau / kappa more than the logarithm between the first two cells; with it the velocities of all
cells are within 0.02 u_tau / kappa of the logarithmic law."""


@dataclass(frozen=True)
class MixingLength(Collision):
    """Eddy viscosity nu_t = l^2 (2 S : S)^(1/2) of the mixing length l, around any collision with nu + nu_t:

    1 / l = 1 / (kappa z) + 1 / `longest`, kappa = 0.4, with the distance z from the nearest wall with a wall law (`RoughWall`,
    `WallFunction`) on a lower side of the box, plus the roughness length. All turbulence is modelled, and none is resolved:
    under a constant stress rho u_tau^2 the velocity is u_tau / kappa ln(z / z_0), so that the wind over rough ground keeps its
    profile below a wall that moves with it. Around TRT the velocity of the first cell is 4 % too large, since the odd relaxation
    time there is long; around the other collision models it is within 0.4 %.

    Source: Prandtl, Z. Angew. Math. Mech. 5 (1925) 136; `longest` of Blackadar, J. Geophys. Res. 67 (1962) 3095.
    """

    collision: Collision
    longest: float | None = field(default=None, metadata=in_si(Unit(m=1)))
    """Length far from the walls [cells], about 30 m in the atmosphere; None: it is not limited."""

    needs_wall_distance = True

    def __post_init__(self):
        require_local(self, self.collision)
        if self.longest is not None and not 0.0 < self.longest < inf:
            raise ValueError(f"MixingLength(longest={self.longest}): must be above 0 and finite, or None")

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence, distance=0.5) -> list:
        """Collides with nu + nu_t; `distance`: z [cells], by default that of the centre of a cell on a smooth wall."""
        eddies = eddy_viscosity(lattice, f, viscosity, force, self._squared_length(distance))
        return self.collision.collide(lattice, f, viscosity + eddies, force)

    def _squared_length(self, distance) -> Any:
        square = KAPPA**2 * (distance * distance + _AT_WALL)
        if self.longest is None:
            return square
        length = sqrt(square)
        limited = length / (1.0 + length / self.longest)
        return limited * limited

    def largest_eddy_viscosity(self, velocity):
        return float(self._squared_length(0.5)) * velocity

    def odd_relaxation(self, viscosity):
        return self.collision.odd_relaxation(viscosity)

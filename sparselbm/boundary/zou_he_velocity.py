"""A given velocity at the centres of a face's cells, by Zou and He."""

from dataclasses import dataclass

from .condition import Boundary
from .face import Face
from .plane import along_normal, excess_from_velocity, known_density, velocity_of, velocity_parameters, with_momentum


@dataclass(frozen=True)
class ZouHeVelocity(Boundary):
    """The velocity u holds exactly at the cells, with rho = (1 + A) / (1 + u_n) from the populations that are known.

    What enters is f_q = f_-q + 6 w_q c_n j_n + 18 w_q c_t . (j_t - T): see `plane.with_momentum`. Flow in or out.

    Source: Zou & He, Phys. Fluids 9 (1997) 1591; Hecht & Harting, J. Stat. Mech. (2010) P01018.
    Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step].
    """

    face: Face
    velocity: tuple[float, ...]
    """u [cells / step], one value an axis."""

    def parameters(self, dimension):
        return velocity_parameters(self.face, self.velocity, dimension)

    def fill(self, lattice, f, value, enters):
        u = velocity_of(lattice, value)
        excess = excess_from_velocity(known_density(lattice, self.face, f), along_normal(self.face, u))
        j = [(1.0 + excess) * uk for uk in u]
        return with_momentum(lattice, self.face, f, j, enters)

    def memory(self, lattice, f, post):
        return {}

"""Flow through a face at a given velocity."""

from dataclasses import dataclass

from .condition import Boundary, bounce_from_moving_wall, velocity_parameters
from .face import Face


@dataclass(frozen=True)
class VelocityInlet(Boundary):
    """A uniform velocity on a face, by bounce-back from a wall moving with it (Ladd 1994); second order.

    Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step]. The mass flux is that of density 1.
    """

    face: Face
    velocity: tuple[float, ...]
    """[cells / step], one value an axis."""

    def parameters(self, dimension):
        return velocity_parameters(self.face, self.velocity, dimension)

    def fill(self, lattice, f, value):
        return bounce_from_moving_wall(
            lattice, self.face, f, [value[name] for name in self.parameters(lattice.dimension)]
        )

    def memory(self, lattice, f):
        return {}

"""A wall that slides."""

from dataclasses import dataclass

from .condition import Boundary, bounce_from_moving_wall, velocity_parameters
from .face import Face


@dataclass(frozen=True)
class MovingWall(Boundary):
    """No slip against a wall with a tangential velocity, half a cell beyond the cells (halfway bounce-back, Ladd 1994).

    Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step].
    """

    face: Face
    velocity: tuple[float, ...]
    """[cells / step], one value an axis; the component along the face's normal must be 0."""

    def __post_init__(self):
        normal = sum(self.velocity[self.face.axis : self.face.axis + 1])
        if normal != 0.0:
            raise ValueError(
                f"MovingWall({self.face}): normal velocity {normal} must be 0; "
                "use VelocityInlet for flow through the face"
            )

    def parameters(self, dimension):
        return velocity_parameters(self.face, self.velocity, dimension)

    def fill(self, lattice, f, value):
        return bounce_from_moving_wall(
            lattice, self.face, f, [value[name] for name in self.parameters(lattice.dimension)]
        )

    def memory(self, lattice, f):
        return {}

"""A moving body and its velocity."""

from dataclasses import dataclass

import numpy as np

from ...geometry import TriangleMesh
from ...grid import Domain
from ...models import RigidVelocity


@dataclass(frozen=True, eq=False)
class MovingBody:
    """An obstacle to be moved, in cells from the domain's lower corner, with three axes in two dimensions also."""

    name: str
    mesh: TriangleMesh
    """Surface at the position where the obstacle was built [cells]."""
    domain: Domain
    start: RigidVelocity
    """Velocity that the obstacle was built with."""

    @property
    def to_cells(self) -> np.ndarray:
        """Transformation from metres to cells, (4, 4)."""
        matrix = np.eye(4) / self.domain.voxel_size
        matrix[:3, 3] = -np.asarray(self.domain.origin) / self.domain.voxel_size
        matrix[3, 3] = 1.0
        return matrix


@dataclass(frozen=True, eq=False)
class Twist:
    """Rigid-body velocity u(x) = v + Omega x (x - x_0), with three axes in two dimensions also."""

    velocity: np.ndarray
    """v [cells / step], (3,)."""
    rotation: np.ndarray
    """Omega [radians / step], (3,)."""
    centre: np.ndarray
    """x_0 [cells from the domain's lower corner], (3,)."""

    def numbers(self, dimension: int) -> dict[str, float]:
        """Values of the parameters of a `RigidVelocity`, by name."""
        d = slice(dimension)
        rotation = self.rotation if dimension == 3 else self.rotation[2:]
        motion = RigidVelocity(tuple(self.velocity[d]), tuple(rotation), tuple(self.centre[d]))
        return {number.name: number.value for number in motion.parameters()}

    def speed(self, points: np.ndarray, dimension: int) -> float:
        """Largest speed of points (n, 3) [cells / step]."""
        u = self.velocity + np.cross(self.rotation, points - self.centre)
        return float(np.linalg.norm(u[:, :dimension], axis=1).max())

"""What a motion is, and the course that it takes with one body."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...geometry import TriangleMesh
from ...grid import Domain
from ...models import RigidVelocity
from .coupling import Coupling

if TYPE_CHECKING:
    from .clearance import ClearanceCheck


@dataclass(frozen=True, eq=False)
class MovingBody:
    """An obstacle that is to be moved, in cells from the domain's lower corner, three axes in two dimensions too."""

    name: str
    mesh: TriangleMesh
    """Its surface where the obstacle was built [cells]."""
    domain: Domain
    start: RigidVelocity
    """The obstacle's velocity when it was built."""

    @property
    def to_cells(self) -> np.ndarray:
        """From metres to cells, (4, 4)."""
        matrix = np.eye(4) / self.domain.voxel_size
        matrix[:3, 3] = -np.asarray(self.domain.origin) / self.domain.voxel_size
        matrix[3, 3] = 1.0
        return matrix


@dataclass(frozen=True, eq=False)
class Twist:
    """u(x) = v + Omega x (x - x_0), three axes in two dimensions too."""

    velocity: np.ndarray
    """v [cells / step], (3,)."""
    rotation: np.ndarray
    """Omega [radians / step], (3,)."""
    centre: np.ndarray
    """x_0 [cells from the domain's lower corner], (3,)."""

    def numbers(self, dimension: int) -> dict[str, float]:
        """As the parameters of a `RigidVelocity`."""
        d = slice(dimension)
        rotation = self.rotation if dimension == 3 else self.rotation[2:]
        motion = RigidVelocity(tuple(self.velocity[d]), tuple(rotation), tuple(self.centre[d]))
        return {number.name: number.value for number in motion.parameters()}

    def speed(self, points: np.ndarray, dimension: int) -> float:
        """The largest speed of some points (n, 3) [cells / step]."""
        u = self.velocity + np.cross(self.rotation, points - self.centre)
        return float(np.linalg.norm(u[:, :dimension], axis=1).max())


class Trajectory(ABC):
    """Where one body is, step by step; step n is the collision between the states after n and n + 1 steps."""

    @abstractmethod
    def placement(self, step: int, every: int) -> np.ndarray:
        """From the obstacle's mesh to where it stands in the middle of the steps `step` to `step + every`, (4, 4) [cells]."""

    @abstractmethod
    def centre(self, step: int) -> np.ndarray:
        """x_0 at a step [cells], (3,)."""

    @abstractmethod
    def advance(self, step: int, coupling: Coupling) -> Twist:
        """The velocity at a step, from what flow and body exchange at it about x_0; called once for each step in order."""

    @abstractmethod
    def require_free(self, start: int, steps: int, every: int, reach: "ClearanceCheck") -> None:
        """Raises MotionError before a run where the body would leave the domain's cells, or is too fast."""

    @abstractmethod
    def require_clear(self, step: int, every: int, reach: "ClearanceCheck") -> None:
        """Raises MotionError during a run where the body comes too close to a wall."""


class Motion(ABC):
    """How an obstacle moves: a frozen value."""

    gap: float
    """Cells that the body must keep from walls and other solids; 0 where it may touch them."""

    @abstractmethod
    def course(self, body: MovingBody) -> Trajectory:
        """The course of one body. Raises MotionError where the motion does not fit it."""

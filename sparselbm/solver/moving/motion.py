"""Motion of an obstacle, and the trajectory of one body that follows from it."""

from abc import ABC, abstractmethod

import numpy as np

from ...files.restarts import Resumable
from .body import MovingBody, Twist
from .clearance import ClearanceCheck
from .coupling import Coupling


class Trajectory(Resumable, ABC):
    """Position and velocity of one body, step by step; step n is the collision between the states after n and n + 1 steps."""

    @abstractmethod
    def pose(self, step: int, every: int) -> np.ndarray:
        """Transformation from the obstacle's mesh to its position midway between `step` and `step + every`, (4, 4) [cells]."""

    @abstractmethod
    def centre(self, step: int) -> np.ndarray:
        """Reference point x_0 at a step [cells], (3,)."""

    @abstractmethod
    def advance(self, step: int, coupling: Coupling) -> Twist:
        """Velocity at a step, from the coupling about x_0; called once for each step, in order."""

    @abstractmethod
    def require_free(self, start: int, steps: int, every: int, clearance: ClearanceCheck) -> None:
        """Raises MotionError before a run if the body would leave the domain's cells, or is too fast."""

    @abstractmethod
    def require_clear(self, step: int, every: int, clearance: ClearanceCheck) -> None:
        """Raises MotionError during a run if the body comes too close to a wall."""


class Motion(ABC):
    """Motion of an obstacle: a frozen value."""

    gap: float
    """Smallest distance to walls and other bodies [cells]; 0 if the body may touch them."""

    @abstractmethod
    def trajectory(self, body: MovingBody) -> Trajectory:
        """Trajectory of one body. Raises MotionError if the motion does not fit it."""

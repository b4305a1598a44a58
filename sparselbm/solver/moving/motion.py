"""A motion, and the trajectory that it gives one body."""

from abc import ABC, abstractmethod

import numpy as np

from .body import MovingBody, Twist
from .clearance import ClearanceCheck
from .coupling import Coupling


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
    def require_free(self, start: int, steps: int, every: int, reach: ClearanceCheck) -> None:
        """Raises MotionError before a run where the body would leave the domain's cells, or is too fast."""

    @abstractmethod
    def require_clear(self, step: int, every: int, reach: ClearanceCheck) -> None:
        """Raises MotionError during a run where the body comes too close to a wall."""


class Motion(ABC):
    """How an obstacle moves: a frozen value."""

    gap: float
    """Cells that the body must keep from walls and other solids; 0 where it may touch them."""

    @abstractmethod
    def course(self, body: MovingBody) -> Trajectory:
        """The course of one body. Raises MotionError where the motion does not fit it."""

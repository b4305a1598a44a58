"""Walls and boundary conditions on the sides of a wind tunnel."""

from collections.abc import Callable
from dataclasses import dataclass

from ..models.boundary import BoundaryCondition, Face


@dataclass(frozen=True)
class SideWall:
    """No-slip wall on a side of a tunnel."""

    face: Face
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Velocity of a sliding wall, such as a road under a car [m / s]."""


@dataclass(frozen=True)
class SideCondition:
    """Boundary condition on a side of a tunnel, in place of the tunnel's own."""

    face: Face
    model: Callable[..., BoundaryCondition]
    """Class of the condition, or a function that makes it: called with the face and, on the inlet and on walls, the velocity
    [cells / step]."""

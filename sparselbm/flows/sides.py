"""Walls and boundary conditions on the sides of a wind tunnel."""

from collections.abc import Callable
from dataclasses import dataclass

from ..models.boundary import BoundaryCondition, Face


@dataclass(frozen=True)
class SideWall:
    """A side of a tunnel that the fluid sticks to."""

    face: Face
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Of a wall that slides [m / s]: a road under a car."""


@dataclass(frozen=True)
class SideCondition:
    """Boundary condition on a side of a tunnel, in place of the tunnel's own."""

    face: Face
    model: Callable[..., BoundaryCondition]
    """Makes the condition from the face and, on the inlet and on walls, the velocity [cells / step]: mostly its class."""

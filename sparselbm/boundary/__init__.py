"""Boundary conditions, one a file."""

from .condition import Boundary
from .face import X_MAX, X_MIN, Y_MAX, Y_MIN, Z_MAX, Z_MIN, Face
from .free_slip import FreeSlip
from .moving_wall import MovingWall
from .pressure_outlet import PressureOutlet
from .velocity_inlet import VelocityInlet

__all__ = [
    "X_MAX",
    "X_MIN",
    "Y_MAX",
    "Y_MIN",
    "Z_MAX",
    "Z_MIN",
    "Boundary",
    "Face",
    "FreeSlip",
    "MovingWall",
    "PressureOutlet",
    "VelocityInlet",
]

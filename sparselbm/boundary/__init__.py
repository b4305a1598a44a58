"""Boundary conditions, one a file."""

from .condition import Boundary
from .face import X_MAX, X_MIN, Y_MAX, Y_MIN, Z_MAX, Z_MIN, Box, Face
from .free_slip import FreeSlip
from .moving_wall import MovingWall
from .opening import Opening
from .patch import Patch
from .pressure_outlet import PressureOutlet
from .profile import Parabola, Profile, Tabulated
from .velocity_inlet import VelocityInlet

__all__ = [
    "X_MAX",
    "X_MIN",
    "Y_MAX",
    "Y_MIN",
    "Z_MAX",
    "Z_MIN",
    "Boundary",
    "Box",
    "Face",
    "FreeSlip",
    "MovingWall",
    "Opening",
    "Parabola",
    "Patch",
    "PressureOutlet",
    "Profile",
    "Tabulated",
    "VelocityInlet",
]

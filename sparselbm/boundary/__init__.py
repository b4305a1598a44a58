"""Boundary conditions, one a file."""

from .characteristic_outlet import CharacteristicOutlet
from .condition import Boundary
from .face import X_MAX, X_MIN, Y_MAX, Y_MIN, Z_MAX, Z_MIN, Face
from .free_slip import FreeSlip
from .grad_pressure import GradPressure
from .grad_velocity import GradVelocity
from .moving_wall import MovingWall
from .pressure_outlet import PressureOutlet
from .regularised_pressure import RegularisedPressure
from .regularised_velocity import RegularisedVelocity
from .velocity_inlet import VelocityInlet
from .zou_he_pressure import ZouHePressure
from .zou_he_velocity import ZouHeVelocity

__all__ = [
    "X_MAX",
    "X_MIN",
    "Y_MAX",
    "Y_MIN",
    "Z_MAX",
    "Z_MIN",
    "Boundary",
    "CharacteristicOutlet",
    "Face",
    "FreeSlip",
    "GradPressure",
    "GradVelocity",
    "MovingWall",
    "PressureOutlet",
    "RegularisedPressure",
    "RegularisedVelocity",
    "VelocityInlet",
    "ZouHePressure",
    "ZouHeVelocity",
]

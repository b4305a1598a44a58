"""Boundary conditions, one per file."""

from .characteristic_outlet import CharacteristicOutlet
from .condition import BoundaryCondition
from .convective_outlet import ConvectiveOutlet
from .face import X_MAX, X_MIN, Y_MAX, Y_MIN, Z_MAX, Z_MIN, Face, FaceCells, FaceRegion
from .free_slip import FreeSlip
from .grad_pressure import GradPressure
from .grad_velocity import GradVelocity
from .link_pressure import LinkPressure
from .moving_wall import MovingWall
from .nodal_profile import NodalProfile
from .opening import Opening
from .patch import Patch
from .pipe_profiles import Poiseuille, PowerProfile, Womersley
from .pressure_outlet import PressureOutlet
from .profile import Parabola, Profile, Tabulated
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
    "BoundaryCondition",
    "CharacteristicOutlet",
    "ConvectiveOutlet",
    "Face",
    "FaceCells",
    "FaceRegion",
    "FreeSlip",
    "GradPressure",
    "GradVelocity",
    "LinkPressure",
    "MovingWall",
    "NodalProfile",
    "Opening",
    "Parabola",
    "Patch",
    "Poiseuille",
    "PowerProfile",
    "PressureOutlet",
    "Profile",
    "RegularisedPressure",
    "RegularisedVelocity",
    "Tabulated",
    "VelocityInlet",
    "Womersley",
    "ZouHePressure",
    "ZouHeVelocity",
]

"""Physical models: one formula per file."""

from .rigid_velocity import RigidVelocity
from .runtime_parameter import RuntimeParameter
from .schedule import Harmonic, SmoothStart
from .viscosity_field import ScaledViscosity, Sponge, ViscosityField

__all__ = [
    "Harmonic",
    "RigidVelocity",
    "RuntimeParameter",
    "ScaledViscosity",
    "SmoothStart",
    "Sponge",
    "ViscosityField",
]

"""Physical models: one formula per file."""

from .rigid_velocity import RigidVelocity
from .runtime_parameter import RuntimeParameter
from .schedule import Harmonic, SmoothStart
from .viscosity_field import ScaledViscosity, Sponge, ViscosityField
from .waveform import Waveform

__all__ = [
    "Harmonic",
    "RigidVelocity",
    "RuntimeParameter",
    "ScaledViscosity",
    "SmoothStart",
    "Sponge",
    "ViscosityField",
    "Waveform",
]

"""Objectives, one a file."""

from .dissipation import Dissipation
from .force import Force
from .integral import Integral
from .kinetic_energy import KineticEnergy
from .layer import LayerArea, LayerPressure, LayerVelocity
from .objective import Objective
from .power_loss import PowerLoss
from .scalar_flux import ScalarFlux
from .scalar_integral import ScalarIntegral
from .scalar_release import ScalarRelease
from .section import FlowRate, PressureDrop
from .torque import Torque

__all__ = [
    "Dissipation", "FlowRate", "Force", "Integral", "KineticEnergy", "LayerArea", "LayerPressure", "LayerVelocity",
    "Objective", "PowerLoss", "PressureDrop", "ScalarFlux", "ScalarIntegral", "ScalarRelease", "Torque",
]  # fmt: skip

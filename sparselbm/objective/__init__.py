"""Objectives, one a file."""

from .force import Force
from .integral import Integral
from .objective import Objective
from .section import FlowRate, PressureDrop
from .torque import Torque

__all__ = ["FlowRate", "Force", "Integral", "Objective", "PressureDrop", "Torque"]

"""Turbulence models and wall functions."""

from .mixing_length import MixingLength
from .rough_wall import RoughWall
from .smagorinsky import Smagorinsky
from .wale import WALE
from .wall_function import WallFunction

__all__ = [
    "WALE",
    "MixingLength",
    "RoughWall",
    "Smagorinsky",
    "WallFunction",
]

"""Subgrid-scale models and the wall function."""

from .smagorinsky import Smagorinsky
from .wale import WALE
from .wall_function import WallFunction

__all__ = [
    "WALE",
    "Smagorinsky",
    "WallFunction",
]

"""Generalised Newtonian fluids."""

from .carreau import Carreau
from .power_law import PowerLaw

__all__ = [
    "Carreau",
    "PowerLaw",
]

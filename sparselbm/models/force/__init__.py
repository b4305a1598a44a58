"""Body forces, one per file."""

from .boussinesq import Boussinesq
from .brinkman import Brinkman
from .field import ForceField
from .model import BodyForce
from .rotating_frame import RotatingFrame
from .uniform import UniformForce

__all__ = [
    "BodyForce",
    "Boussinesq",
    "Brinkman",
    "ForceField",
    "RotatingFrame",
    "UniformForce",
]

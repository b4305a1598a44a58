"""Body forces, one a file."""

from .field import ForceField
from .model import BodyForce
from .rotating_frame import RotatingFrame
from .uniform import UniformForce

__all__ = ["BodyForce", "ForceField", "RotatingFrame", "UniformForce"]

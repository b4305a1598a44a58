"""Maps from design variables to mesh points, with their transposes."""

from .deformation import BoundDeformation, Deformation, LinearDeformation
from .ffd import FFD, LatticeSide, Mirror
from .rigid import Rigid
from .transform_ops import Held, Rotate, Scale, TransformOps, Translate
from .turned import Turned
from .vertices import FreeVertices

__all__ = [
    "FFD",
    "BoundDeformation",
    "Deformation",
    "FreeVertices",
    "Held",
    "LatticeSide",
    "LinearDeformation",
    "Mirror",
    "Rigid",
    "Rotate",
    "Scale",
    "TransformOps",
    "Translate",
    "Turned",
]

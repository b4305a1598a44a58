"""Constraints on a shape, one per file."""

from .bounding_box import BoundingBox
from .constraint import BoundConstraint, Constraint
from .fixed_points import FixedPoints
from .minimum_thickness import MinimumThickness
from .packaging import KeepInside, KeepOut
from .surface_area import FixedArea, MaximumArea
from .symmetry_plane import SymmetryPlane
from .volume import FixedVolume, MinimumVolume

__all__ = [
    "BoundConstraint",
    "BoundingBox",
    "Constraint",
    "FixedArea",
    "FixedPoints",
    "FixedVolume",
    "KeepInside",
    "KeepOut",
    "MaximumArea",
    "MinimumThickness",
    "MinimumVolume",
    "SymmetryPlane",
]

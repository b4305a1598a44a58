"""Pore spaces of voxel images: connectivity, widths and porosity."""

from .connectivity import percolating
from .pore_space import PoreSpace
from .widths import widths

__all__ = [
    "PoreSpace",
    "percolating",
    "widths",
]

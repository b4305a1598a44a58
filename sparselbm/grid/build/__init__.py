"""Domain builders: boxes and the inside of closed surfaces."""

from .box import box
from .from_mesh import inside

__all__ = [
    "box",
    "inside",
]

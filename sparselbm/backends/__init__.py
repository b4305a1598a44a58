"""Back ends as values: the C++ around a cell's physics, how it is launched, and where a cell lies in memory."""

from .backend import Backend
from .cpu import CPU
from .cuda import CUDA
from .rehearsal import REHEARSAL
from .tile_layout import TileLayout

__all__ = ["CPU", "CUDA", "REHEARSAL", "Backend", "TileLayout", "backend_for"]


def backend_for(is_cpu: bool) -> Backend:
    """Back end of a device of Warp's."""
    return CPU if is_cpu else CUDA

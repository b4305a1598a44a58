"""Back ends as values: the C++ around a cell's physics, and how it is launched."""

from .backend import Backend
from .cpu import CPU
from .cuda import CUDA
from .rehearsal import REHEARSAL

__all__ = ["CPU", "CUDA", "REHEARSAL", "Backend", "backend_for"]


def backend_for(is_cpu: bool) -> Backend:
    """Back end of a device of Warp's."""
    return CPU if is_cpu else CUDA

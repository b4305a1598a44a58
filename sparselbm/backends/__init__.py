"""Back ends as values: C++ text around the physics of a cell, and how kernels are launched."""

from .backend import Backend
from .cpu import CPU
from .cuda import CUDA
from .rehearsal import REHEARSAL

__all__ = ["CPU", "CUDA", "REHEARSAL", "Backend", "backend_for"]


def backend_for(is_cpu: bool) -> Backend:
    """Default back end of a Warp device."""
    return CPU if is_cpu else CUDA

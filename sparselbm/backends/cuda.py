"""CUDA: one thread computes one cell, in one launch for each class of tiles."""

from ..layout.cpp_file import read_cpp
from .backend import Backend

CUDA = Backend(
    "cuda", read_cpp("backends", "cuda.cpp"), read_cpp("backends", "cuda_sum.cpp"), cell_per_thread=True, captures_graphs=True
)
"""A cell per thread on an NVIDIA GPU; memory of its own, steps replayed as graphs."""

"""CUDA back end: one thread computes one cell, with one launch per class of tiles."""

from ..layout.cpp_file import read_cpp
from .backend import Backend

CUDA = Backend(
    "cuda", read_cpp("backends", "cuda.cpp"), read_cpp("backends", "cuda_sum.cpp"), cell_per_thread=True, captures_graphs=True
)
"""One cell per thread on an NVIDIA GPU, which has its own memory; steps are replayed as graphs."""

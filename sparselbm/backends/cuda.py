"""CUDA: one thread computes one cell, in one launch for each class of tiles."""

from .backend import Backend, read_text

CUDA = Backend(
    "cuda", read_text("cuda.cpp"), read_text("cuda_sum.cpp").rstrip("\n"), cell_per_thread=True, captures_graphs=True
)
"""A cell per thread on an NVIDIA GPU; memory of its own, steps replayed as graphs."""

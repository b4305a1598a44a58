"""CUDA back end executed on the CPU, for tests on machines without a GPU."""

from dataclasses import replace

from ..layout.cpp_file import read_cpp
from .cuda import CUDA

REHEARSAL = replace(CUDA, name="rehearsal", sum_text=read_cpp("backends", "rehearsal_sum.cpp"), captures_graphs=False)
"""CUDA text executed cell by cell on the CPU, with the launches and partial sums of CUDA. Only the exchange of values between
the threads of a warp is replaced. It is many times slower than `CPU`."""

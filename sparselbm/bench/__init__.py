"""Benchmarks of speed and memory, relative to a memory copy on the same machine, and the registers of CUDA kernels."""

from .collisions import collision_names
from .gradient_figures import GradientFigure, gradient_figures
from .registers import RegisterReport, RegisterUse, register_report
from .report import BenchReport, BenchRow
from .run import run_bench

__all__ = [
    "BenchReport",
    "BenchRow",
    "GradientFigure",
    "RegisterReport",
    "RegisterUse",
    "collision_names",
    "gradient_figures",
    "register_report",
    "run_bench",
]

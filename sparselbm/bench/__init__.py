"""Benchmarks of speed and memory, relative to a memory copy on the same machine."""

from .collisions import collision_names
from .gradient_figures import GradientFigure, gradient_figures
from .report import BenchReport, BenchRow, Machine
from .run import run_bench

__all__ = ["BenchReport", "BenchRow", "GradientFigure", "Machine", "collision_names", "gradient_figures", "run_bench"]

"""Speed and memory, beside those of a memory copy on the same machine."""

from .collisions import collision_names
from .report import BenchReport, BenchRow, Machine
from .run import run_bench

__all__ = ["BenchReport", "BenchRow", "Machine", "collision_names", "run_bench"]

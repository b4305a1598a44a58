"""Speed and memory, beside those of a memory copy on the same machine."""

from .report import BenchReport, BenchRow, Machine
from .run import run_bench

__all__ = ["BenchReport", "BenchRow", "Machine", "run_bench"]

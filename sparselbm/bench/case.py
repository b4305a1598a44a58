"""Definition of a benchmark case."""

from collections.abc import Callable
from dataclasses import dataclass

import warp as wp

from .work import BenchWork


@dataclass(frozen=True)
class BenchCase:
    """Benchmark case: name, workload and target."""

    name: str
    prepare: Callable[[int, wp.Device], BenchWork]
    """Function from the number of cells along an edge and the device to the workload."""
    target: float | None = None
    """Smallest acceptable speed relative to the reference."""

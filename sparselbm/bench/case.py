"""A row to come."""

from collections.abc import Callable
from dataclasses import dataclass

import warp as wp

from .work import BenchWork


@dataclass(frozen=True)
class BenchCase:
    """What a row times."""

    name: str
    prepare: Callable[[int, wp.Device], BenchWork]
    """From the cells along an edge and the device to the work."""
    target: float | None = None
    """Least speed over that of the reference."""

"""Check of a result."""

from __future__ import annotations

import math

from ...errors import SimulationError
from ...observe import Functional


def require_finite(value: float, observable: Functional | None, steps: int) -> None:
    """Raises SimulationError for a result that is not finite."""
    if not math.isfinite(value):
        name = "the outflow relative to the inflow" if observable is None else type(observable).__name__
        raise SimulationError(
            f"{name} is {value} after {steps} steps, but a result has to be finite: check the flow around the place where it is "
            "measured, and the observable"
        )

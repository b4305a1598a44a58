"""Inlets and outlets of an internal flow, and their state."""

import math
from dataclasses import dataclass

from ..errors import InternalFlowError


@dataclass(frozen=True, kw_only=True)
class Inlet:
    """Inlet cap with inflow along its normal, at a mean velocity or a flow rate."""

    velocity: float | None = None
    """Mean velocity over the cap [m / s]."""
    flow_rate: float | None = None
    """Flow rate [m^3 / s], instead of the velocity."""
    developed: bool = False
    """Whether the profile is the developed laminar flow of the cap's shape (see `Cap.developed`); False: uniform."""

    def __post_init__(self):
        given = [value for value in (self.velocity, self.flow_rate) if value is not None]
        if len(given) != 1 or not (math.isfinite(given[0]) and given[0] > 0.0):
            raise InternalFlowError(
                f"the inlet has the velocity {self.velocity} and the flow rate {self.flow_rate}: pass exactly one of "
                "them, above 0"
            )


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """Pressure outlet: fluid leaves or enters through a cap with a prescribed pressure."""

    pressure: float = 0.0
    """Pressure [Pa]; only differences between outlets drive the flow."""


@dataclass(frozen=True)
class PortState:
    """Flow rate and pressure at an opening."""

    flow_rate: float
    """Flow rate [m^3 / s] at the density of rest: positive into the fluid volume."""
    pressure: float
    """Mean pressure over the opening [Pa]."""

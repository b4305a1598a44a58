"""Flow rates and pressures at the openings of a flow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import ScheduleError
from ...units import Units

INLETS, OUTLETS = "inlets", "outlets"
"""Names of the two patches in the simulation of an internal flow; inlets with another waveform have a number after theirs."""


@dataclass(frozen=True)
class PortState:
    """Flow rate and pressure at an opening."""

    flow_rate: float
    """Flow rate [m^3 / s] at the density of rest: positive into the fluid volume."""
    pressure: float
    """Mean pressure over the opening [Pa]."""


def port_states(
    flows: Mapping[str, float], pressures: Mapping[str, float], units: Units, level: float
) -> dict[str, PortState]:
    """State of each opening from `OpeningFlows.take`; `level`: pressure of density 1 [Pa]."""
    area = units.voxel_size**2
    return {
        name: PortState(units.velocity_to_si(flow) * area, units.pressure_to_si(pressures[name]) + level)
        for name, flow in flows.items()
    }


def require_until(ends: Mapping[str, float], time: float) -> None:
    """Raises ScheduleError if a waveform ends before a time [s], infinite for a run to steady state.

    `ends`: last time at which each opening has a value [s], by name.
    """
    for name, end in ends.items():
        if not time <= end * (1.0 + 1e-6):
            until = f"lasts until {time:.4g} s" if math.isfinite(time) else "is to steady state, whose duration is not known"
            raise ScheduleError(
                f"the waveform at {name} ends after {end:.4g} s, but the run {until}: give the waveform a period or more "
                "samples, or the run a shorter duration"
            )

"""Duration of a run, and what is recorded over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..entry import CasePart, entry
from ..kinds import NUMBER


@dataclass(frozen=True, kw_only=True)
class CaseTime(CasePart):
    """Duration of the flow and intervals at which it is recorded. Without a duration, the flow is run until it is steady."""

    space: ClassVar[str] = "time"

    duration: float | None = entry(
        NUMBER, None, "Simulated time [s]. Not set: until the flow is steady or periodic.", above=0.0, unit="s"
    )
    ramp: float | None = entry(
        NUMBER, None, "Smooth start: time [s] in which the velocities of all inlets and moving walls rise from 0, the flow being "
        "at rest at first. Not set: they have their full values from the beginning, and the flow begins with an estimate that "
        "leads around the bodies, whose forces stay below twice the final ones.", above=0.0, unit="s",
    )
    record_every: float | None = entry(
        NUMBER, None, "Interval at which forces, moments, coefficients, flow rates and pressures are recorded [s]. Not set: a "
        "200th of the time in which the flow crosses the domain.", above=0.0, unit="s",
    )
    output_every: float | None = entry(
        NUMBER, None, "Interval at which the fields are written and drawn [s]. Not set: only at the end.", above=0.0, unit="s"
    )
    statistics_from: float | None = entry(
        NUMBER, None, "Beginning of the statistics [s], which last until the end of the run. Not set: half the duration.",
        above=0.0, unit="s",
    )
    playback_speed: float = entry(
        NUMBER, 1.0, "Simulated seconds per second of playback in a viewer: 0.1 plays the flow ten times slower.", above=0.0
    )

"""Openings of a fluid volume, and on parts of the sides of a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...models import Waveform
from ..entry import CasePart, entry
from ..kinds import NUMBER, NUMBER_IN_TIME, TEXT, TOKEN, VECTOR
from .vector import Vector

_IN, _OUT = ("inlet",), ("outlet",)
_RESISTANCE, _VOLUME = "Pa s/m3", "m3/Pa"


@dataclass(frozen=True, kw_only=True)
class CaseOpening(CasePart):
    """Inlet or outlet of a fluid volume, or on a part of a side of the box; the schema is applied to the prim that covers it.

    The cap of a fluid volume lies on the surface and ends at its rim; it may be tilted. At least one inlet and one outlet are
    required. Velocity, flow rate and pressure may vary in time: by time samples of the attribute in USD, or by a waveform in a
    CSV file. In a box, such as a room with a window and a door, the prim lies at a side: its silhouette on the side is the
    opening, the rest of the side keeps its condition, and velocity, flow rate and pressure are constant.
    """

    space: ClassVar[str] = "opening"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    kind: str | None = entry(
        TOKEN, None,
        "inlet: fluid enters along the cap's normal; outlet: fluid leaves, or enters, at a specified pressure, or at one that "
        "depends on the flow through the outlet.",
        allowed=("inlet", "outlet"), required=True,
    )
    velocity: float | Waveform | None = entry(
        NUMBER_IN_TIME, None, "Mean inflow velocity [m/s]; with a direction, the speed along it.", only=_IN, above=0.0, unit="m/s"
    )
    flow_rate: float | Waveform | None = entry(
        NUMBER_IN_TIME, None, "Volumetric inflow rate [m3/s].", only=_IN, above=0.0, instead_of=("velocity",), unit="m3/s"
    )
    direction: Vector | None = entry(
        VECTOR, None, "Direction of the inflow through a part of a side of the box, of any length. Not set: across the side.",
        only=_IN,
    )
    profile: str = entry(
        TOKEN, "uniform", "uniform: the same velocity everywhere; laminar: fully developed flow through the cap's own shape, "
        "which must be flat; womersley: fully developed pulsating flow of a periodic waveform, through a flat, round cap.",
        allowed=("uniform", "laminar", "womersley"), only=_IN,
    )
    pressure: float | Waveform = entry(
        NUMBER_IN_TIME, 0.0, "Pressure at the outlet [Pa]; only differences between outlets matter.", only=_OUT, unit="Pa"
    )
    waveform: str | None = entry(
        TEXT, None,
        "CSV file of the velocity or the flow rate of an inlet, or of the pressure of an outlet in time, relative to the case. "
        "Its first line names both columns with their units, such as: time [s], flowRate [mL/s]. Linear between samples; two "
        "samples at one time are a jump.", instead_of=("velocity", "flowRate", "pressure"),
    )
    period: float | None = entry(
        NUMBER, None, "Time after which a waveform or time samples repeat [s]. Not set: they do not, and must last as long as "
        "the run.", above=0.0, unit="s",
    )
    resistance: float | None = entry(
        NUMBER, None, "Flow resistance of the vessels beyond the outlet [Pa s/m3]: the pressure is distalPressure + resistance "
        "times the flow rate.", only=_OUT, above=0.0, instead_of=("pressure", "waveform"), unit=_RESISTANCE,
    )
    proximal_resistance: float | None = entry(
        NUMBER, None, "Resistance before the compliance of a three-element Windkessel [Pa s/m3].", only=_OUT, above=0.0,
        instead_of=("pressure", "waveform", "resistance"), unit=_RESISTANCE,
    )
    compliance: float | None = entry(
        NUMBER, None, "Compliance of a three-element Windkessel [m3/Pa].", only=_OUT, above=0.0,
        instead_of=("pressure", "waveform", "resistance"), unit=_VOLUME,
    )
    distal_resistance: float | None = entry(
        NUMBER, None, "Resistance behind the compliance of a three-element Windkessel [Pa s/m3].", only=_OUT, above=0.0,
        instead_of=("pressure", "waveform", "resistance"), unit=_RESISTANCE,
    )
    distal_pressure: float | None = entry(
        NUMBER, None, "Pressure beyond the resistance or the Windkessel [Pa]. Not set: 0.", only=_OUT,
        instead_of=("pressure", "waveform"), unit="Pa",
    )
    flow_share: float | None = entry(
        NUMBER, None, "Share of the whole inflow that leaves through this outlet, at most 1.", only=_OUT, above=0.0,
        instead_of=(
            "pressure", "waveform", "resistance", "proximalResistance", "compliance", "distalResistance", "distalPressure",
        ),
    )

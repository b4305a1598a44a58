"""Fluid volume of a case: consistency checks, and the conditions at its openings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from ..errors import CaseError, InternalFlowError, ScheduleError
from ..flows import (
    FlowShareOutlet,
    Inlet,
    InternalFlowSetup,
    LaminarInflow,
    Outlet,
    OutletCondition,
    ResistanceOutlet,
    UniformInflow,
    WindkesselOutlet,
    WomersleyInflow,
)
from ..flows.runs.port_state import require_until
from ..models import Waveform
from .entry import Named
from .parts import CaseOpening
from .source import Source
from .waveform_file import read_waveform

_PROFILES = {"uniform": UniformInflow(), "laminar": LaminarInflow(), "womersley": WomersleyInflow()}


class SurfaceSettings(Protocol):
    """The settings of a case that concern a fluid volume."""

    @property
    def obstacle(self) -> Mapping[str, Any]: ...

    @property
    def opening(self) -> Mapping[str, CaseOpening]: ...

    @property
    def boundary(self) -> Mapping[str, Any]: ...

    @property
    def domain(self) -> Any: ...

    @property
    def source(self) -> Source: ...


def surface_of(case: SurfaceSettings) -> str | None:
    """Path of the prim that encloses the fluid, several separated by commas for one in parts; None for flow past a body.

    Raises CaseError for settings that contradict a fluid volume: other roles, sides of a box, no inlet or no outlet, and a
    direction of an inflow, which is that of the cap's normal.
    """
    roles, place = {path: each.role for path, each in case.obstacle.items()}, case.source.place
    surfaces = [path for path, role in roles.items() if role == "fluidVolume"]
    if not surfaces:
        return None
    inside = place("obstacle", "role", surfaces[0])
    for path, role in roles.items():
        if role not in ("fluidVolume", "ignored"):
            raise CaseError(
                f"{inside} is fluidVolume, and {place('obstacle', 'role', path)} is {role}: a fluid volume has "
                "no obstacles in it; join the surfaces in the scene, or set the other role to ignored"
            )
    if case.boundary:
        side = next(iter(case.boundary))
        raise CaseError(
            f"{inside} is fluidVolume, which has no box, but {place('boundary', 'kind', side)} is set: remove it, and apply "
            "SparselbmOpeningAPI to the prims of its caps"
        )
    box = ("upstream", "downstream", "side", "lower", "upper")
    for name in box:
        if getattr(case.domain, name) != getattr(type(case.domain)(), name):
            raise CaseError(f"{inside} is fluidVolume, which has no box, but {place('domain', name)} is set: remove it")
    for path, each in case.opening.items():
        if each.direction is not None:
            raise CaseError(
                f"{place('opening', 'direction', path)} is {each.direction}, but the inflow into a fluid volume is along the "
                "normal of the cap: remove it"
            )
    for kind in ("inlet", "outlet"):
        if all(each.kind != kind for each in case.opening.values()):
            raise CaseError(
                f"{inside} is fluidVolume, but no opening is an {kind}: apply SparselbmOpeningAPI with kind {kind} to a cap"
            )
    return ",".join(surfaces)


def conditions_of(openings: Mapping[str, CaseOpening], source: Source) -> dict[str, Inlet | OutletCondition]:
    """Condition at each cap, by its path. Raises CaseError for settings that are missing or contradict each other."""
    return {path: _condition(path, each, source) for path, each in openings.items()}


def require_lasting(setup: InternalFlowSetup, duration: float | None, source: Source) -> None:
    """Raises CaseError for a waveform without a period that ends before the run; `duration` [s], None: until steady."""
    for path, end in setup.openings.ends.items():
        try:
            require_until({path: end}, math.inf if duration is None else duration)
        except ScheduleError as error:
            here = source.place("opening", "period", path)
            raise CaseError(f"{here} is missing: {error} ({source.place('time', 'duration')})") from None


def _condition(path: str, opening: CaseOpening, source: Source) -> Inlet | OutletCondition:
    def place(name: str) -> str:
        return source.place("opening", name, path)

    given = _in_time(opening, place, source)
    try:
        return _outlet(opening, given["pressure"], place) if opening.kind == "outlet" else _inlet(opening, given, place)
    except (InternalFlowError, ScheduleError) as error:
        raise CaseError(f"{place('kind')} is {opening.kind}: {error}") from None


def _in_time(opening: CaseOpening, place: Named, source: Source) -> dict[str, float | Waveform | None]:
    """Velocity, flow rate and pressure with their waveform and its period."""
    found = {"velocity": opening.velocity, "flowRate": opening.flow_rate, "pressure": opening.pressure}
    if opening.waveform is not None:
        units = {"pressure": "Pa"} if opening.kind == "outlet" else {"velocity": "m/s", "flowRate": "m3/s"}
        name, waveform = read_waveform(opening.waveform, units, opening.period, place("waveform"), source)
        return found | {name: waveform}
    for name, value in found.items():
        if isinstance(value, Waveform):
            try:
                found[name] = replace(value, period=opening.period)
            except ScheduleError as error:
                raise CaseError(f"{place('period')}: {error}") from None
    if opening.period is not None and not any(isinstance(value, Waveform) for value in found.values()):
        raise CaseError(
            f"{place('period')} is {opening.period:g} s, but nothing varies in time here: give a waveform or time samples, or "
            "remove it"
        )
    return found


def _inlet(opening: CaseOpening, given: Mapping[str, float | Waveform | None], place: Named) -> Inlet:
    """Raises CaseError without velocity, flow rate and waveform, and for a Womersley profile without a period."""
    velocity, flow_rate = given["velocity"], given["flowRate"]
    if velocity is None and flow_rate is None:
        raise CaseError(f"{place('velocity')} is missing, and so are flowRate and waveform: give one of them")
    for name, value in (("velocity", velocity), ("flowRate", flow_rate)):
        if isinstance(value, Waveform) and not value.peak > 0.0:
            raise CaseError(f"{place(name)} is 0 at all times: an inlet has an inflow, so give other values")
    waveform = velocity if flow_rate is None else flow_rate
    if opening.profile == "womersley" and not (isinstance(waveform, Waveform) and waveform.period is not None):
        raise CaseError(
            f"{place('profile')} is womersley, which requires a periodic inflow: give a waveform or time samples with "
            f"{place('period')}, or use laminar"
        )
    return Inlet(velocity=velocity, flow_rate=flow_rate, profile=_PROFILES[opening.profile])


def _outlet(opening: CaseOpening, pressure: float | Waveform | None, place: Named) -> OutletCondition:
    """Raises CaseError for a Windkessel of which a part is missing."""
    beyond = opening.distal_pressure or 0.0
    elements = {
        "proximalResistance": opening.proximal_resistance, "compliance": opening.compliance,
        "distalResistance": opening.distal_resistance,
    }
    missing = [name for name, value in elements.items() if value is None]
    if opening.flow_share is not None:
        return FlowShareOutlet(share=opening.flow_share)
    if opening.resistance is not None:
        return ResistanceOutlet(resistance=opening.resistance, distal_pressure=beyond)
    if len(missing) < len(elements):
        if missing:
            there = next(name for name in elements if name not in missing)
            raise CaseError(
                f"{place(there)} is {elements[there]:g}, but {' and '.join(missing)} is missing: a Windkessel has "
                "proximalResistance, compliance and distalResistance; for a resistance alone give resistance"
            )
        return WindkesselOutlet(
            proximal_resistance=elements["proximalResistance"], compliance=elements["compliance"],  # type: ignore[arg-type]
            distal_resistance=elements["distalResistance"], distal_pressure=beyond,  # type: ignore[arg-type]
        )
    if opening.distal_pressure is not None:
        raise CaseError(
            f"{place('distalPressure')} is {beyond:g} Pa, but there is no resistance before it: give resistance, or pressure in "
            "its place"
        )
    assert pressure is not None, "an outlet has a pressure by default"
    return Outlet(pressure=pressure)

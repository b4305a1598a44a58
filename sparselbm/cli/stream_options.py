"""Options that change the free stream of a case: speed, axis, and two of velocity, viscosity and Reynolds number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..case import Case, CaseBoundary, CaseFluid, CaseStream
from ..case.openings import CaseOpenings, face_of
from ..case.parts import SIDES
from ..errors import OptionError
from ..flows import SideInlet, Stream
from .options import direction_of

BOX = ("velocity", "flow_axis", "margins", "yaw", "angle_of_attack", "profile", "road")
"""Parameters that only a case with a box has."""


def fluid_of(fluid: CaseFluid, given: Mapping[str, Any]) -> CaseFluid:
    """The fluid, whose viscosity replaces its Reynolds number or the reverse, if one of them is an option.

    Raises OptionError for both together with a velocity.
    """
    names = [name for name in ("velocity", "viscosity", "reynolds") if given[name] is not None]
    if len(names) == 3:
        raise OptionError("--velocity, --viscosity and --reynolds contradict each other: give two of them")
    if "reynolds" in names and "viscosity" not in names:
        return replace(fluid, viscosity=None)
    return replace(fluid, reynolds=None) if "viscosity" in names and "reynolds" not in names else fluid


def stream_of(case: Case, stream: CaseStream, given: Mapping[str, Any]) -> tuple[CaseStream, Mapping[str, CaseBoundary]]:
    """The stream and the sides with the options; sides that follow the stream of the case follow this one.

    `stream`: with the options that are settings. Raises OptionError for options that the case does not admit.
    """
    if case.surface is not None:
        _refuse_of_boxes(case.surface, given)
        return stream, case.boundary
    openings, wanted, speed = case.openings, given["flow_axis"], given["velocity"]
    derived = given["viscosity"] is not None and given["reynolds"] is not None  # They give the velocity.
    if speed is None and wanted is None and not derived:
        return stream, case.boundary
    if speed is not None and not speed > 0.0:
        raise OptionError(f"--velocity {speed:g}: it must be above 0; use --flow-axis for its direction")
    direction = openings.direction if wanted is None else direction_of(wanted)
    if direction == openings.direction:
        sides = _without_velocity(case, openings)
    else:
        _require_free_sides(case, openings, str(wanted))
        sides = {}
    if derived:
        return replace(stream, velocity=None), _entered(Stream(direction), sides)
    x, y, z = (each * (openings.speed if speed is None else speed) for each in direction)
    return replace(stream, velocity=(x, y, z)), sides


def _entered(stream: Stream, sides: Mapping[str, CaseBoundary]) -> dict[str, CaseBoundary]:
    """The sides with an inlet of the stream, which gives it its direction without a velocity.

    Raises OptionError for a stream at an angle.
    """
    if stream.is_oblique:
        raise OptionError(
            f"--viscosity and --reynolds give the velocity of a stream along an axis, but that of the case is {stream}: give "
            "--velocity and one of them"
        )
    side = SIDES[2 * stream.inlet.axis + stream.inlet.end]
    return {side: CaseBoundary(kind="inlet"), **{name: each for name, each in sides.items() if name != side}}


def _without_velocity(case: Case, openings: CaseOpenings) -> dict[str, CaseBoundary]:
    """The sides, of which the inlets of the stream have no velocity of their own."""
    of_stream = {each.face for each in openings.sides if isinstance(each, SideInlet) and each.velocity is None}
    return {
        side: replace(each, velocity=None)
        if each.kind == "inlet" and (side in openings.following or face_of(side) in of_stream) else each
        for side, each in case.boundary.items()
    }


def _require_free_sides(case: Case, openings: CaseOpenings, wanted: str) -> None:
    """Raises OptionError for sides that do not follow the stream."""
    fixed = [side for side, each in case.boundary.items() if each.kind != "slip" and side not in openings.following]
    if fixed or openings.conditions:
        side = next(iter(fixed or case.boundary))
        place = case.source.place("boundary", "kind", side)
        raise OptionError(f"--flow-axis {wanted}: {place} is {case.boundary[side].kind} in the case: change the sides there")


def _refuse_of_boxes(surface: str, given: Mapping[str, Any]) -> None:
    """Raises OptionError for options of the box where the case has a fluid volume, which has no box."""
    for name in BOX:
        if given.get(name):
            raise OptionError(
                f"--{name.replace('_', '-')}: the fluid volume {surface} has no box, and its openings specify the inflow: "
                "change it there"
            )

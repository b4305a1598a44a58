"""Bodies of a case whose surface turns, such as wheels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import CaseError, WindTunnelError
from ..flows import BodyRotation
from .entry import spelt
from .parts import CaseObstacle
from .source import Source


def rotations_of(obstacles: Mapping[str, CaseObstacle], source: Source) -> dict[str, BodyRotation]:
    """Rotations by the prim path. Raises CaseError for rotations that are incomplete, and of prims that are not in the flow."""
    found = {}
    for path, each in obstacles.items():
        given = [name for name in ("rpm", "rotation_axis", "rotation_centre") if getattr(each, name) is not None]
        if not given:
            continue
        place = source.place("obstacle", spelt(given[0]), path)
        if each.rpm is None or each.rotation_axis is None:
            missing = "rpm" if each.rpm is None else "rotationAxis"
            value = getattr(each, given[0])
            raise CaseError(f"{place} is {value}, but {missing} is missing: give both rpm and rotationAxis, or neither")
        if each.role not in ("fixed", "design"):
            raise CaseError(f"{place} is set, but the role is {each.role}: only a body in the flow turns; set the role to fixed")
        try:
            found[path] = BodyRotation(axis=each.rotation_axis, rpm=each.rpm, centre=each.rotation_centre)
        except WindTunnelError as error:
            raise CaseError(f"{place}: {error}") from None
    return found


def rotating_bodies(
    rotations: Mapping[str, BodyRotation], bodies: Iterable[str], source: Source
) -> dict[str, BodyRotation]:
    """Rotations by the name of a body: of each body that is a prim with a rotation, or below it. Raises CaseError without one."""
    names, found = list(bodies), {}
    for path, each in rotations.items():
        own = [name for name in names if name == path or name.startswith(path.rstrip("/") + "/")]
        if not own:
            raise CaseError(
                f"{source.place('obstacle', 'rpm', path)} is {each.rpm:g}, but the prim is part of a larger body, which does not "
                f"turn as a whole; bodies are {', '.join(names)}: give the rotation to a body of its own"
            )
        found |= dict.fromkeys(own, each)
    return found

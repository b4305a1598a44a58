"""Bodies of a case whose surface turns, such as wheels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..errors import CaseError, SceneError, WindTunnelError
from ..flows import BodyRotation
from .entry import spelt
from .parts import CaseObstacle, Vector
from .source import Source

if TYPE_CHECKING:
    from ..scene.usd import Scene

_SETTINGS = ("rpm", "rotation_axis", "rotation_prim", "rotation_centre")


def rotations_of(
    obstacles: Mapping[str, CaseObstacle], source: Source, scene: Scene | None = None
) -> dict[str, BodyRotation]:
    """Rotations by the prim path; those about a prim are about z where the scene is not read yet.

    Raises CaseError for rotations that are incomplete, of prims that are not in the flow, and about prims that are no axis.
    """
    found = {}
    for path, each in obstacles.items():
        given = [name for name in _SETTINGS if getattr(each, name) is not None]
        if not given:
            continue
        place = source.place("obstacle", spelt(given[0]), path)
        if each.rpm is None or (each.rotation_axis is None and each.rotation_prim is None):
            missing = "rpm" if each.rpm is None else "rotationAxis"
            value = getattr(each, given[0])
            raise CaseError(
                f"{place} is {value}, but {missing} is missing: give both rpm and rotationAxis (or rotationPrim), or neither"
            )
        if each.role not in ("fixed", "design"):
            raise CaseError(f"{place} is set, but the role is {each.role}: only a body in the flow turns; set the role to fixed")
        try:
            axis, centre = _axis(each, scene)
            found[path] = BodyRotation(axis=axis, rpm=each.rpm, centre=centre)
        except WindTunnelError as error:
            raise CaseError(f"{place}: {error}") from None
        except SceneError as error:
            raise CaseError(f"{source.place('obstacle', 'rotationPrim', path)} is {error}") from None
    return found


def _axis(obstacle: CaseObstacle, scene: Scene | None) -> tuple[Vector, Vector | None]:
    """Direction of the axis, and a point on it [m]; None: that of the body."""
    if obstacle.rotation_prim is None:
        assert obstacle.rotation_axis is not None, "see `rotations_of`"
        return obstacle.rotation_axis, obstacle.rotation_centre
    if scene is None:
        return (0.0, 0.0, 1.0), None
    from ..scene.usd.axis_prim import axis_of_prim

    return axis_of_prim(scene, obstacle.rotation_prim)


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

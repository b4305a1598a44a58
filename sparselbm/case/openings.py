"""From the conditions on the sides of a box to those that a tunnel has: what it cannot do is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import CaseError
from ..flows import SideWall
from ..models.boundary import Face, Parabola
from .parts import SIDES, CaseBoundary, Vector
from .source import Source

LOWER_SIDES = SIDES[::2]


def tunnel_sides(axis: int = 0, velocity: float = 1.0) -> dict[str, CaseBoundary]:
    """An inlet, an outlet, and no friction beside them."""
    along = (velocity * (axis == 0), velocity * (axis == 1), velocity * (axis == 2))
    return {SIDES[2 * axis]: CaseBoundary(kind="inlet", velocity=along), SIDES[2 * axis + 1]: CaseBoundary(kind="outlet")}


@dataclass(frozen=True)
class CaseOpenings:
    """The conditions on the sides of a box, as a tunnel knows them."""

    inlet: str
    """Its side."""
    velocity: float
    """Of the inlet [m/s]."""
    profile: Parabola | None
    walls: tuple[SideWall, ...]

    @property
    def axis(self) -> int:
        """Of the flow."""
        return _face(self.inlet).axis

    @classmethod
    def of(cls, sides: Mapping[str, CaseBoundary], source: Source) -> CaseOpenings:
        """Raises CaseError for anything but an inlet on a lower side, an outlet opposite, and flow along the rest."""
        inlet = _inlet(sides, source)
        axis = _face(inlet).axis
        outlet = SIDES[2 * axis + 1]
        for side, boundary in sides.items():
            if boundary.kind == "outlet" and side != outlet:
                place = source.place("boundary", "kind", side)
                raise CaseError(f"{place} is outlet: the outlet must be {outlet}, for flow enters at {inlet}")
        if outlet not in sides or sides[outlet].kind != "outlet":
            found = f"is {sides[outlet].kind}" if outlet in sides else "is missing"
            place = source.place("boundary", "kind", outlet)
            raise CaseError(f"{place} {found}: it must be outlet, for flow enters at {inlet}")
        velocity = _across(sides[inlet].velocity or (0.0, 0.0, 0.0), axis, source.place("boundary", "velocity", inlet))
        walls = tuple(
            SideWall(_face(side), _along(boundary.velocity or (0.0, 0.0, 0.0), side, source))
            for side, boundary in sides.items() if boundary.kind in ("wall", "movingWall")
        )  # fmt: skip
        if sides[inlet].profile == "parabola":
            _require_walls(sides, axis, source.place("boundary", "profile", inlet))
            return cls(inlet, velocity, Parabola(axis), walls)
        return cls(inlet, velocity, None, walls)


def _face(side: str) -> Face:
    return Face(SIDES.index(side) // 2, SIDES.index(side) % 2)


def _inlet(sides: Mapping[str, CaseBoundary], source: Source) -> str:
    inlets = [side for side, boundary in sides.items() if boundary.kind == "inlet"]
    if not inlets:
        raise CaseError(
            f"{source.place('boundary', 'kind', LOWER_SIDES[0])}: no side is an inlet; give one of {', '.join(LOWER_SIDES)} "
            "the kind inlet, and the side opposite outlet"
        )
    if len(inlets) > 1:
        raise CaseError(
            f"{source.place('boundary', 'kind', inlets[1])} is inlet, and so is {inlets[0]}: one inlet is allowed"
        )
    if inlets[0] not in LOWER_SIDES:
        raise CaseError(
            f"{source.place('boundary', 'kind', inlets[0])} is inlet: flow runs towards the positive end of an axis; allowed are "
            f"{', '.join(LOWER_SIDES)}; turn the scene for others"
        )
    return inlets[0]


def _across(velocity: Vector, axis: int, place: str) -> float:
    """The one component of an inlet's velocity."""
    if velocity[axis] <= 0.0 or any(u for k, u in enumerate(velocity) if k != axis):
        wanted = ", ".join("u" if k == axis else "0" for k in range(3))
        raise CaseError(f"{place} is {velocity}: it must be ({wanted}) with u above 0; turn the scene for oblique flow")
    return velocity[axis]


def _along(velocity: Vector, side: str, source: Source) -> Vector:
    """The velocity of a wall, which lies in it."""
    if velocity[_face(side).axis]:
        raise CaseError(
            f"{source.place('boundary', 'velocity', side)} is {velocity}: a wall slides along itself, its component along "
            f"{side[0]} must be 0"
        )
    return velocity


def _require_walls(sides: Mapping[str, CaseBoundary], axis: int, place: str) -> None:
    slipping = [side for side in SIDES if side[0] != "xyz"[axis] and (side not in sides or sides[side].kind != "wall")]
    if slipping:
        raise CaseError(
            f"{place} is parabola, which falls to 0 at walls, and {', '.join(slipping)} are none: make them wall, or it uniform"
        )

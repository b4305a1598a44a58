"""Boundary conditions on the sides of the box as a wind tunnel needs them; combinations that it lacks are errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import CaseError
from ..flows import SideCondition, SideWall
from ..models.boundary import BoundaryCondition, Face, Parabola
from .parts import SIDES, CaseBoundary, Vector
from .source import Source
from .user_file import load_class

LOWER_SIDES = SIDES[::2]


def tunnel_sides(axis: int = 0, velocity: float = 1.0) -> dict[str, CaseBoundary]:
    """Default boundary conditions: inlet and outlet, with free slip on the other sides."""
    along = (velocity * (axis == 0), velocity * (axis == 1), velocity * (axis == 2))
    return {SIDES[2 * axis]: CaseBoundary(kind="inlet", velocity=along), SIDES[2 * axis + 1]: CaseBoundary(kind="outlet")}


@dataclass(frozen=True)
class CaseOpenings:
    """Boundary conditions of a wind tunnel."""

    inlet: str
    """Side of the inlet."""
    velocity: float
    """Inlet velocity [m/s]."""
    profile: Parabola | None
    walls: tuple[SideWall, ...]
    conditions: tuple[SideCondition, ...]
    """The user's own conditions, in place of the tunnel's."""

    @property
    def axis(self) -> int:
        """Axis of the flow."""
        return _face(self.inlet).axis

    @classmethod
    def of(cls, sides: Mapping[str, CaseBoundary], source: Source) -> CaseOpenings:
        """Raises CaseError unless there is one inlet on a lower side, and one outlet on the opposite side."""
        inlet = _inlet(sides, source)
        axis = _face(inlet).axis
        outlet = SIDES[2 * axis + 1]
        for side, boundary in sides.items():
            if boundary.kind == "outlet" and side != outlet:
                place = source.place("boundary", "kind", side)
                raise CaseError(f"{place} is outlet: the outlet must be {outlet}, because the inlet is {inlet}")
        if outlet not in sides or sides[outlet].kind != "outlet":
            found = f"is {sides[outlet].kind}" if outlet in sides else "is missing"
            place = source.place("boundary", "kind", outlet)
            raise CaseError(f"{place} {found}: it must be outlet, because the inlet is {inlet}")
        velocity = _across(sides[inlet].velocity or (0.0, 0.0, 0.0), axis, source.place("boundary", "velocity", inlet))
        walls = tuple(
            SideWall(_face(side), _along(boundary.velocity or (0.0, 0.0, 0.0), side, source))
            for side, boundary in sides.items() if boundary.kind in ("wall", "movingWall")
        )
        profile = None
        if sides[inlet].profile == "parabola":
            _require_walls(sides, axis, source.place("boundary", "profile", inlet))
            profile = Parabola(axis)
        return cls(inlet, velocity, profile, walls, _conditions(sides, source))


def _conditions(sides: Mapping[str, CaseBoundary], source: Source) -> tuple[SideCondition, ...]:
    """The user's own conditions, each of which takes the face and, on an inlet or a wall, the velocity."""
    found = []
    for side, boundary in sides.items():
        if boundary.model is not None:
            place = source.place("boundary", "model", side)
            leading = 2 if boundary.kind in ("inlet", "wall", "movingWall") else 1
            found.append(SideCondition(_face(side), load_class(boundary.model, BoundaryCondition, place, source, leading)))
    return tuple(found)


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
            f"{source.place('boundary', 'kind', inlets[1])} is inlet, and so is {inlets[0]}: only one inlet is allowed"
        )
    if inlets[0] not in LOWER_SIDES:
        raise CaseError(
            f"{source.place('boundary', 'kind', inlets[0])} is inlet: the flow must run in the positive direction of an "
            f"axis; allowed are {', '.join(LOWER_SIDES)}; rotate the scene for other directions"
        )
    return inlets[0]


def _across(velocity: Vector, axis: int, place: str) -> float:
    """Component of an inlet's velocity along the flow."""
    if velocity[axis] <= 0.0 or any(u for k, u in enumerate(velocity) if k != axis):
        wanted = ", ".join("u" if k == axis else "0" for k in range(3))
        raise CaseError(f"{place} is {velocity}: it must be ({wanted}) with u above 0; rotate the scene for oblique flow")
    return velocity[axis]


def _along(velocity: Vector, side: str, source: Source) -> Vector:
    """Velocity of a wall, which must be in its plane."""
    if velocity[_face(side).axis]:
        raise CaseError(
            f"{source.place('boundary', 'velocity', side)} is {velocity}: a wall moves in its own plane, so the component along "
            f"{side[0]} must be 0"
        )
    return velocity


def _require_walls(sides: Mapping[str, CaseBoundary], axis: int, place: str) -> None:
    slipping = [side for side in SIDES if side[0] != "xyz"[axis] and (side not in sides or sides[side].kind != "wall")]
    if slipping:
        raise CaseError(
            f"{place} is parabola, which requires walls, but {', '.join(slipping)} are not: set their kind to wall, "
            "or the profile to uniform"
        )

"""Boundary conditions on the sides of the box of a case, as a wind tunnel has them; contradictions are errors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import CaseError
from ..flows import (
    InflowProfile,
    ParabolicProfile,
    Part,
    PartInlet,
    Side,
    SideCondition,
    SideInlet,
    SideOutlet,
    SidePeriodic,
    SideSymmetry,
    SideWall,
    Stream,
    TunnelSides,
    VelocityTable,
)
from ..flows.tunnel.sides import faults_of_inlet
from ..models.boundary import BoundaryCondition, Face
from .entry import spelt
from .models import forces_of
from .parts import SIDES, CaseBoundary, CaseForce, CaseStream, Vector
from .source import Source
from .user_file import load_class
from .velocity_table import read_table


@dataclass(frozen=True)
class CaseOpenings:
    """Free stream and sides of a wind tunnel."""

    velocity: Vector
    """Velocity of the free stream before it is turned [m/s]."""
    is_given: bool
    """Whether the case specifies a velocity; otherwise it is a default."""
    sides: tuple[Side, ...]
    """Conditions other than those that the free stream gives by itself."""
    following: tuple[str, ...]
    """Sides with the conditions that the free stream gives by itself, which therefore turn with it."""
    conditions: tuple[SideCondition, ...]
    """The user's own conditions, in place of the tunnel's."""

    @property
    def speed(self) -> float:
        """Speed of the free stream [m/s]."""
        return math.hypot(*self.velocity)

    @property
    def direction(self) -> Vector:
        """Direction of the free stream before it is turned, of length 1."""
        x, y, z = Stream(self.velocity).unit.tolist()
        return x, y, z

    @classmethod
    def of(
        cls, boundary: Mapping[str, CaseBoundary], stream: CaseStream, force: CaseForce, source: Source,
        parts: tuple[Part, ...] = (), *, is_driven: bool = False,
    ) -> CaseOpenings:
        """Raises CaseError for sides that contradict each other or the stream, before it is turned. `parts`: openings
        on parts of sides; `is_driven`: whether moving bodies drive the flow."""
        tables = {
            face_of(side): read_table(each.table, source.place("boundary", "table", side), source)
            for side, each in boundary.items() if each.table is not None
        }
        found = [_side(side, each, tables.get(face_of(side)), boundary, source) for side, each in boundary.items()]
        sides = [each for each in found if each is not None]
        forces = forces_of(force, source)
        given = _velocity(sides, stream, source) or _speed_of_parts(sides, parts, source) or forces.mean_velocity
        velocity = given or _default(sides)
        _require_inflow(sides, source)
        sides = [
            SideInlet(each.face, None, each.profile)
            if isinstance(each, SideInlet) and each.velocity == velocity and each.face not in tables else each for each in sides
        ]
        own = TunnelSides(Stream(velocity), tuple(sides), forces.driven, is_driven=is_driven, parts=parts)
        if not (stream.yaw or stream.angle_of_attack):  # Else the sides depend on the vertical axis of the scene.
            _require_sound(own, source)
        following = [each.face for each in sides if own.of_stream(each.face) == each]
        return cls(
            velocity, given is not None, tuple(each for each in sides if each.face not in following),
            tuple(side for side in SIDES if face_of(side) in following), _conditions(boundary, source),
        )


def face_of(side: str) -> Face:
    """The face of a side by its name in a case."""
    return Face(SIDES.index(side) // 2, SIDES.index(side) % 2)


def _require_inflow(sides: Iterable[Side], source: Source) -> None:
    """Raises CaseError for an inlet whose own velocity does not point into the box."""
    for each in sides:
        if isinstance(each, SideInlet) and each.velocity is not None:
            for fault in faults_of_inlet(each, Stream()):
                raise CaseError(f"{_place(each.face, fault.attribute, source)}: {fault.message}")


def _require_sound(sides: TunnelSides, source: Source) -> None:
    for fault in sides.faults():
        raise CaseError(f"{_place(fault.face or sides.stream.inlet, fault.attribute, source)}: {fault.message}")


def _place(face: Face, attribute: str, source: Source) -> str:
    return source.place("boundary", spelt(attribute), SIDES[2 * face.axis + face.end])


def _side(
    side: str, boundary: CaseBoundary, table: VelocityTable | None, others: Mapping[str, CaseBoundary], source: Source
) -> Side | None:
    """The condition of a side; None: free slip."""
    face, velocity = face_of(side), boundary.velocity
    if boundary.kind == "inlet":
        profile: InflowProfile | None = table
        if boundary.profile == "parabola":
            _require_walls(others, face, source.place("boundary", "profile", side))
            profile = ParabolicProfile()
        return SideInlet(face, velocity if table is None else table.mean, profile)
    if boundary.kind == "outlet":
        return SideOutlet(face, boundary.pressure)
    simple = {"symmetry": SideSymmetry, "periodic": SidePeriodic}
    if boundary.kind in simple:
        return simple[boundary.kind](face)
    if boundary.kind == "movingWall":
        return SideWall(face, velocity)
    return None if boundary.kind == "slip" else SideWall(face, roughness_length=boundary.roughness_length)


def _velocity(sides: list[Side], stream: CaseStream, source: Source) -> Vector | None:
    """Velocity that the case gives the stream, or that of the inlet with the largest one into the box; None: neither."""
    if stream.velocity is not None:
        if not any(stream.velocity):
            raise CaseError(f"{source.place('stream', 'velocity')} is {stream.velocity}: it must not be 0")
        return stream.velocity
    given = [each for each in sides if isinstance(each, SideInlet) and each.velocity is not None and any(each.velocity)]
    into = [each.velocity[each.face.axis] * each.face.inward for each in given]  # type: ignore[index]
    return given[int(np.argmax(into))].velocity if given else None


def _speed_of_parts(sides: list[Side], parts: tuple[Part, ...], source: Source) -> Vector | None:
    """The largest speed of the openings on parts of sides, along x, if no side is an inlet; None: there is no such inflow."""
    inlets = [each for each in parts if isinstance(each, PartInlet)]
    if not inlets or any(isinstance(each, SideInlet) for each in sides):
        return None
    speeds = [each.velocity for each in inlets if each.velocity is not None]
    if not speeds:
        raise CaseError(
            f"{source.place('stream', 'velocity')} is missing, and no inlet has a velocity: give the velocity to which the "
            "Reynolds number and the lattice velocity refer, such as the largest one in the flow"
        )
    return max(speeds), 0.0, 0.0


def _default(sides: list[Side]) -> Vector:
    """1 m/s into the box at the first inlet, or along x."""
    face = next((each.face for each in sides if isinstance(each, SideInlet)), Face(0, 0))
    x, y, z = (float(face.inward * (k == face.axis)) for k in range(3))
    return x, y, z


def _conditions(boundary: Mapping[str, CaseBoundary], source: Source) -> tuple[SideCondition, ...]:
    """The user's own conditions, each of which takes the face and, on an inlet or a wall, the velocity."""
    found = []
    for side, each in boundary.items():
        if each.model is not None:
            place = source.place("boundary", "model", side)
            leading = 2 if each.kind in ("inlet", "wall", "movingWall") else 1
            found.append(SideCondition(face_of(side), load_class(each.model, BoundaryCondition, place, source, leading)))
    return tuple(found)


def _require_walls(boundary: Mapping[str, CaseBoundary], face: Face, place: str) -> None:
    across = [side for side in SIDES if face_of(side).axis != face.axis]
    slipping = [side for side in across if side not in boundary or boundary[side].kind != "wall"]
    if slipping:
        raise CaseError(
            f"{place} is parabola, which requires walls, but {', '.join(slipping)} are not: set their kind to wall, "
            "or the profile to uniform"
        )

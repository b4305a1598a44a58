"""Conditions on all six sides of a wind tunnel: those that are specified, and on the others those that the free stream gives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import WindTunnelError
from ...models.boundary import Face
from .part import Part, PartInlet, PartOutlet
from .side import Side, SideInlet, SideOutlet, SidePeriodic, SideWall
from .stream import Stream


@dataclass(frozen=True)
class SideFault:
    """Contradiction of a side with others or with the stream."""

    face: Face | None
    """The side; None: all of them."""
    attribute: str
    """Setting that contradicts: kind, velocity, pressure or roughness_length."""
    message: str
    """Value, limit and remedy."""


FACES = tuple(Face(axis, end) for axis in range(3) for end in (0, 1))
"""The six sides of a box."""


@dataclass(frozen=True)
class TunnelSides:
    """Sides of a tunnel in a free stream. A side that is not specified is an inlet of the stream where it enters, an outlet at
    0 Pa where it leaves, and free slip where it runs along the side."""

    stream: Stream
    specified: tuple[Side, ...] = ()
    driven: tuple[bool, bool, bool] = (False, False, False)
    """Whether a body force drives the flow along each axis, which it can between periodic sides."""
    is_driven: bool = False
    """Whether moving bodies drive the flow."""
    parts: tuple[Part, ...] = ()
    """Openings on parts of the sides."""

    @cached_property
    def all(self) -> dict[Face, Side | None]:
        """Condition by side, in the order of `FACES`; None: free slip."""
        given = {each.face: each for each in self.specified}
        return {face: given.get(face, self.of_stream(face)) for face in FACES}

    def of_stream(self, face: Face) -> Side | None:
        """Condition that the free stream gives to a side."""
        entering = self.stream.entering(face)
        if entering == 0.0:
            return None
        return SideInlet(face) if entering > 0.0 else SideOutlet(face)

    @property
    def inlets(self) -> tuple[SideInlet, ...]:
        """All inlets."""
        return tuple(each for each in self.all.values() if isinstance(each, SideInlet))

    @property
    def outlets(self) -> tuple[SideOutlet, ...]:
        """All outlets, that of the stream's main axis first, or the first one."""
        found = [each for each in self.all.values() if isinstance(each, SideOutlet)]
        return tuple(sorted(found, key=lambda each: each.face != self.stream.outlet))

    @property
    def walls(self) -> tuple[SideWall, ...]:
        """All no-slip walls that are specified."""
        return tuple(each for each in self.all.values() if isinstance(each, SideWall))

    @property
    def periodic(self) -> tuple[bool, bool, bool]:
        """Whether the box is periodic, by axis."""
        x, y, z = (isinstance(self.all[Face(k, 0)], SidePeriodic) for k in range(3))
        return x, y, z

    @property
    def openings(self) -> dict[Face, str]:
        """Names of the inlets and outlets for messages: "inlet" and "outlet" where there is one, else with their side."""
        found = {}
        for word, sides in (("inlet", self.inlets), ("outlet", self.outlets)):
            found |= {each.face: word if len(sides) == 1 else f"{word} on {each.face}" for each in sides}
        return found

    @property
    def is_still(self) -> bool:
        """Whether the fluid is at rest at first, and the free stream only the reference of a flow that moving bodies or inlets on
        parts of the sides drive."""
        return (self.is_driven or self._has_part_inlet) and not self.inlets

    @property
    def has_free_stream(self) -> bool:
        """Whether undisturbed fluid flows towards the body: the stream is more than a reference, and the sides along it are not
        periodic."""
        return not (self.is_still or self.periodic[self.stream.axis])

    @property
    def _has_part_inlet(self) -> bool:
        return any(isinstance(each, PartInlet) for each in self.parts)

    @property
    def _pressures(self) -> tuple[float, ...]:
        """Pressures of all outlets [Pa], also of those on parts of the sides."""
        return tuple(each.pressure for each in (*self.outlets, *self.parts) if isinstance(each, SideOutlet | PartOutlet))

    @property
    def walls_in_stream(self) -> tuple[SideWall, ...]:
        """Walls on sides through which the free stream would run; none if bodies drive the flow and it is only the reference."""
        if self.is_still:
            return ()
        return tuple(each for each in self.walls if self.stream.entering(each.face))

    def speed_of(self, inlet: SideInlet) -> float | None:
        """Speed of an inlet with a velocity of its own [m / s]; None: that of the free stream."""
        return None if inlet.velocity is None else math.hypot(*inlet.velocity)

    def check(self) -> None:
        """Raises WindTunnelError for sides that contradict each other or the stream."""
        for fault in self.faults():
            raise WindTunnelError(fault.message if fault.face is None else f"{fault.face}: {fault.message}")

    def faults(self) -> Iterator[SideFault]:
        """Contradictions of the sides with each other and with the stream."""
        faces = [each.face for each in self.specified]
        for face in faces:
            if faces.count(face) > 1:
                yield SideFault(face, "kind", f"the side has {faces.count(face)} conditions, but may have one: remove the others")
        for face, side in self.all.items():
            other = Face(face.axis, 1 - face.end)
            if isinstance(side, SidePeriodic) and not isinstance(self.all[other], SidePeriodic):
                yield SideFault(
                    face, "kind", f"the side is periodic, but {other} is {_kind(self.all[other])}: make both periodic, or neither"
                )
            elif isinstance(side, SideInlet):
                yield from faults_of_inlet(side, self.stream)
            elif isinstance(side, SideOutlet):
                yield from self._faults_of_outlet(side)
            elif isinstance(side, SideWall):
                yield from _faults_of_wall(side)
        yield from self._faults_of_drive()

    def _faults_of_outlet(self, outlet: SideOutlet) -> Iterator[SideFault]:
        if self.stream.entering(outlet.face) > 0.0:
            yield SideFault(
                outlet.face, "kind", f"the side is an outlet, but the free stream {self.stream} enters there: make it an inlet, "
                "or turn the stream"
            )
        if not math.isfinite(outlet.pressure):
            yield SideFault(outlet.face, "pressure", f"the pressure is {outlet.pressure} Pa, but must be finite: correct it")

    def _faults_of_drive(self) -> Iterator[SideFault]:
        driven = any(drives and wraps for drives, wraps in zip(self.driven, self.periodic))
        enters, pressures = self.inlets or self._has_part_inlet, self._pressures
        if not (enters or self.is_driven or driven) and len(set(pressures)) < 2:
            yield SideFault(
                None, "kind", f"no side is an inlet, and {len(pressures)} are outlets: give a side the free stream or a "
                "velocity, give two outlets different pressures, or drive the flow between periodic sides by an "
                "acceleration or a mean velocity"
            )
        if enters and not pressures:
            face = self.inlets[0].face if self.inlets else None
            yield SideFault(
                face, "kind", f"{'the side' if face else 'a part of a side'} is an inlet, but no side is an outlet, so that the "
                "inflow cannot leave: make a side an outlet, or a part of one"
            )


def faults_of_inlet(inlet: SideInlet, stream: Stream) -> Iterator[SideFault]:
    """Contradictions of an inlet with the stream, or of its own velocity with its side."""
    face, velocity = inlet.face, inlet.velocity
    if velocity is None:
        if not stream.entering(face) > 0.0:
            yield SideFault(
                face, "kind", f"the side is an inlet of the free stream, but the stream {stream} does not enter there: "
                "give it a velocity of its own, turn the stream, or leave the side out"
            )
    elif not (np.isfinite(velocity).all() and velocity[face.axis] * face.inward > 0.0):
        yield SideFault(
            face, "velocity", f"the velocity is {velocity} m/s, which does not point into the box: the component along "
            f"{'xyz'[face.axis]} must be {'above' if face.end == 0 else 'below'} 0; use an outlet where the flow leaves"
        )


def _faults_of_wall(wall: SideWall) -> Iterator[SideFault]:
    face, velocity, roughness = wall.face, wall.velocity, wall.roughness_length
    if velocity is not None and (velocity[face.axis] or not np.isfinite(velocity).all()):
        yield SideFault(
            face, "velocity", f"the velocity is {velocity} m/s, but a wall moves in its own plane, so that the "
            f"component along {'xyz'[face.axis]} must be 0: set it to 0"
        )
    if roughness is None:
        return
    if not (math.isfinite(roughness) and roughness > 0.0):
        yield SideFault(face, "roughness_length", f"roughness_length is {roughness} m: it must be finite and above 0")
    if not wall.is_still:
        yield SideFault(
            face, "roughness_length", f"roughness_length is {roughness} m, and the velocity is {velocity} m/s, but only walls at "
            "rest are rough: set the velocity to 0, or remove the roughness length"
        )


def _kind(side: Side | None) -> str:
    return "free slip" if side is None else type(side).__name__.removeprefix("Side").lower()

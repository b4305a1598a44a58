"""Boundary conditions on the six sides of a wind tunnel."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import WindTunnelError
from ...lattice import CS2
from ...models.boundary import (
    BoundaryCondition,
    Face,
    FaceCells,
    FreeSlip,
    LinkPressure,
    MovingWall,
    PressureOutlet,
    VelocityInlet,
)
from ...models.boundary.prescribed import PrescribedPressure
from ...models.turbulence import RoughWall
from ...units import MACH_ERROR_ABOVE, SOUND_SPEED, Units, is_below, rounded_down
from ..compression import DENSITY_ERROR_ABOVE
from .inflow_profile import InflowProfile, InletPlace
from .side import Side, SideCondition, SideInlet, SideOutlet, SidePeriodic, SideSymmetry, SideWall
from .sides import TunnelSides
from .surface_layer import SurfaceLayer

Velocity = tuple[float, float, float]

_OUTLET_RELAXATION = 0.02
"""Ten times the default of the outlet: the wake reaches its pressure in 140 steps instead of 1400. It reflects more sound,
which a steady flow does not have."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TunnelConditions:
    """Conditions of the sides in lattice units.

    The first outlet, that of the stream's main axis, has the density 1. Outlets let sound leave (`PressureOutlet`), which takes
    all other populations of a cell, so that only one of them may lie along a cell: where two outlets meet, the later one has the
    pressure on its links instead (`LinkPressure`). On a whole side of an oblique stream that is unstable: the flow around a car
    at a yaw of 10 degrees blew up at a cell Reynolds number of 20 with central moments.
    """

    sides: TunnelSides
    parts: tuple[SideInlet | SideOutlet, ...] = ()
    """Openings on parts of the sides, whose faces are these parts."""
    ground: SideWall | None
    """Wall on a ground that is a side of the box."""
    own: Sequence[SideCondition]
    """The user's own conditions."""
    profile: InflowProfile | None
    """Profile of the free stream."""
    units: Units
    origin: tuple[float, float, float]
    """Lower corner of the domain [m]."""
    shape: tuple[int, ...]
    """Number of cells along each axis."""

    def all(self, closed: Collection[Face] = ()) -> tuple[BoundaryCondition, ...]:
        """All conditions: inlets, walls, free slip, outlets. `closed`: sides without any fluid cell. Raises WindTunnelError for
        walls that the cells or the profile of the stream do not fit."""
        self.surface_layer.check()
        ground = {} if self.ground is None else {self.ground.face: self.ground}
        given = {**self.sides.all, **ground}
        found = [
            (rest, side if side is None else replace(side, face=rest)) for face, side in given.items()
            if face not in closed and not isinstance(side, SidePeriodic) and (rest := self._rest(face)) is not None
        ] + [(each.face, each) for each in self.parts]
        main = self.sides.stream.outlet
        outlets = [each for _, each in found if isinstance(each, SideOutlet)]
        outlets.sort(key=lambda each: each.face.name != main.name)
        ordered = [
            *(each for kind in (SideInlet, SideWall) for _, each in found if isinstance(each, kind)),
            *(face for face, side in found if side is None or isinstance(side, SideSymmetry)),
        ]
        met = [[other.face for other in outlets[:k]] for k in range(len(outlets))]
        return (
            *(self._condition(each) for each in ordered),
            *(part for each, others in zip(outlets, met) for part in self._outlet(each, others)),
        )

    @property
    def inlets(self) -> tuple[SideInlet, ...]:
        """All inlets, also those on parts of sides."""
        return (*self.sides.inlets, *(each for each in self.parts if isinstance(each, SideInlet)))

    @property
    def outlets(self) -> tuple[SideOutlet, ...]:
        """All outlets, also those on parts of sides; the first one has the density 1."""
        return (*self.sides.outlets, *(each for each in self.parts if isinstance(each, SideOutlet)))

    def _rest(self, face: Face) -> Face | None:
        """The cells of a side outside of its parts; None: there are none."""
        parts = [each.face for each in self.parts if each.face.whole == face]
        if not parts:
            return face
        left = ~np.any([self._cells(each) for each in parts], axis=0)
        return face.within(FaceCells.of(face.axis, left), face.name) if left.any() else None

    def _cells(self, face: Face) -> np.ndarray:
        """Mask of the cells of a side or a part of one, over the whole side."""
        return face.region.chosen if isinstance(face.region, FaceCells) else np.ones(np.delete(self.shape, face.axis), dtype=bool)

    def excess(self, outlet: SideOutlet) -> float:
        """rho - 1 at an outlet: its pressure relative to the first one."""
        return self.units.pressure_to_lattice(outlet.pressure - self.outlets[0].pressure) / CS2

    @property
    def surface_layer(self) -> SurfaceLayer:
        """The wind over the walls on the sides."""
        walls = (*self.sides.walls, *(() if self.ground is None else (self.ground,)))
        return SurfaceLayer(walls, self.profile, self.sides.stream, self.units, self.shape)

    def check(self) -> None:
        """Raises WindTunnelError for velocities and pressures of openings that the lattice velocity cannot represent."""
        u = self.units
        fastest = max(self.inlets, key=lambda each: self.sides.speed_of(each) or 0.0, default=None)
        speed = 0.0 if fastest is None else self.sides.speed_of(fastest) or 0.0
        mach = u.velocity_to_lattice(speed) / SOUND_SPEED
        if fastest is not None and is_below(MACH_ERROR_ABOVE, mach):
            advised = rounded_down(MACH_ERROR_ABOVE * SOUND_SPEED * u.velocity / speed, 4)
            raise WindTunnelError(
                f"the velocity on {fastest.face} is {speed:.4g} m/s, a Mach number of {mach:.2g} on the lattice, above the limit "
                f"of {MACH_ERROR_ABOVE:g}: use a lattice_velocity of at most {advised:g} (now {u.lattice_velocity:g})"
            )
        for outlet in self.outlets:
            excess = abs(self.excess(outlet))
            if is_below(DENSITY_ERROR_ABOVE, excess):
                advised = 0.95 * u.lattice_velocity * math.sqrt(DENSITY_ERROR_ABOVE / excess)
                raise WindTunnelError(
                    f"the pressure on {outlet.face} is {outlet.pressure:.5g} Pa: relative to {self.outlets[0].face} it "
                    f"changes the density by {excess:.1%}, above the limit of {DENSITY_ERROR_ABOVE:.0%}. Check the unit of the "
                    f"pressure, or use a lattice_velocity of {advised:.2g} (now {u.lattice_velocity:g})"
                )

    def _condition(self, side: Side | Face) -> BoundaryCondition:
        """The condition of a side; of a face without one, free slip."""
        face = side if isinstance(side, Face) else side.face
        velocity = ()
        if isinstance(side, SideInlet):
            velocity = (self._inflow(side),)
        elif isinstance(side, SideWall):
            velocity = (self._wall_velocity(side),)
        own = self._own(face)
        if own is not None:
            return own.model(face, *velocity)
        if isinstance(side, SideInlet):
            return self._inlet(side, *velocity)
        if isinstance(side, SideWall):
            rough = side.roughness_length
            return MovingWall(face, *velocity) if rough is None else RoughWall(face, rough / self.units.voxel_size)
        return FreeSlip(face)

    def _inlet(self, inlet: SideInlet, velocity: Velocity) -> VelocityInlet:
        profile = inlet.profile or (self.profile if inlet.velocity is None else None)
        if profile is None:
            return VelocityInlet(inlet.face, velocity)
        place = self._place(inlet.face)
        return VelocityInlet(inlet.face, profile.parameter(velocity, place), profile=profile.of(place))

    def _outlet(self, outlet: SideOutlet, others: Sequence[Face]) -> Iterator[BoundaryCondition]:
        """Conditions of an outlet, with one for each edge at which it meets `others`."""
        face, density, stream = outlet.face, 1.0 + self.excess(outlet), self.sides.stream
        own = self._own(face)
        if own is not None:
            yield own.model(face)
            return
        cells = self._cells(face)
        for other in others:
            strip = cells & self._edge(face, other)
            if strip.any():
                yield LinkPressure(face.within(FaceCells.of(face.axis, strip), f"{face} beside {other}"), density)
                cells = cells & ~strip
        if not cells.any():
            return
        part = face if not others else face.within(FaceCells.of(face.axis, cells), face.name)
        if _is_part(face) or not (stream.is_oblique and stream.entering(face) < 0.0):
            yield PressureOutlet(part, density, relaxation=_OUTLET_RELAXATION)
            return
        profile = None if self.profile is None else self.profile.of(self._place(face))
        yield PressureOutlet(
            part, density, relaxation=_OUTLET_RELAXATION, velocity=self._stream_velocity, profile=profile
        )

    def _edge(self, face: Face, other: Face) -> np.ndarray:
        """Mask of the cells of a side that lie along another opening too."""
        mask = np.zeros(np.delete(self.shape, face.axis), dtype=bool)
        if other.axis != face.axis:
            across = other.axis - (other.axis > face.axis), face.axis - (face.axis > other.axis)
            shared = np.take(self._cells(other), 0 if face.end == 0 else -1, axis=across[1])
            np.moveaxis(mask, across[0], 0)[0 if other.end == 0 else -1] = shared
        return mask

    def _own(self, face: Face) -> SideCondition | None:
        return None if _is_part(face) else next((each for each in self.own if each.face == face.whole), None)

    def _inflow(self, inlet: SideInlet) -> Velocity:
        return self._stream_velocity if inlet.velocity is None else self._lattice(inlet.velocity)

    def _wall_velocity(self, wall: SideWall) -> Velocity:
        """Velocity of a wall [cells / step]; one that moves with the free stream has the factor of its profile there."""
        if wall.velocity is not None:
            return self._lattice(wall.velocity)
        face, up, place = wall.face, self.sides.stream.up, np.array(self.origin)
        place[face.axis] += face.end * self.shape[face.axis] * self.units.voxel_size
        factor = None if self.profile is None else self.profile.factors(place, up, self.origin[up])
        along = np.where(np.arange(3) == face.axis, 0.0, self._stream_velocity)
        x, y, z = (along if factor is None else along * float(factor)).tolist()
        return x, y, z

    @property
    def _stream_velocity(self) -> Velocity:
        """Velocity of the free stream [cells / step]."""
        x, y, z = (self.units.lattice_velocity * self.sides.stream.unit).tolist()
        return x, y, z

    def _lattice(self, velocity: Velocity) -> Velocity:
        x, y, z = (self.units.velocity_to_lattice(each) for each in velocity)
        return x, y, z

    def _place(self, face: Face) -> InletPlace:
        return InletPlace(face.axis, self.sides.stream.up, self.origin, self.units)


def _is_part(face: Face) -> bool:
    """Whether it is an opening on a part of a side, which has a name of its own."""
    return face.name != face.whole.name


def pressure_doubts(conditions: Sequence[BoundaryCondition]) -> tuple[str, ...]:
    """Doubts about conditions with a density at the centres of the cells that meet no-slip sides."""
    sides = ", ".join(str(each.face) for each in conditions if isinstance(each, MovingWall))
    return tuple(
        f"{type(each).__name__} on {each.face} meets no-slip sides ({sides}): shear is taken for a pressure there, and flows "
        "divided between such outlets were 5 to 20% off in three dimensions; use LinkPressure (1 to 4%) or PressureOutlet"
        for each in conditions if sides and isinstance(each, PrescribedPressure)
    )

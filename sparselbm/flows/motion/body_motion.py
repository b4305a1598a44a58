"""Bodies that move through the flow: along a path in time, or freely under their weight and the forces of the fluid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import MotionError, require_positive
from ...geometry import TriangleMesh
from ...models import RigidVelocity
from ...solver.moving import Motion, RigidBody, Sampled, Uniform
from ...solver.moving.inertia import of_volume
from ...solver.moving.pose import between
from ...units import Units
from ..physics.forces import Forces

Vector = tuple[float, float, float]
Axes = tuple[bool, bool, bool]


class BodyMotion(ABC):
    """Motion of a body in SI units: a frozen value."""

    @abstractmethod
    def start(self, mesh: TriangleMesh, units: Units, origin: np.ndarray) -> RigidVelocity:
        """Velocity at the beginning in lattice units; `mesh`: surface there [m], `origin`: corner of the domain [m]."""

    @abstractmethod
    def motion(self, units: Units, density: float, forces: Forces) -> Motion:
        """The motion in lattice units; `density`: of the fluid [kg/m^3]."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TimeSamples(BodyMotion):
    """Prescribed path by poses at some times, at rest before the first and after the last: see `solver.moving.Sampled`.

    `sparselbm.scene.usd.TransformSamples` reads times and poses from a stage. Raises MotionError for times that do not increase,
    and for turns between two samples whose direction is ambiguous.
    """

    times: Sequence[float]
    """Times [s], increasing; the run begins at 0."""
    poses: Sequence[np.ndarray]
    """Matrix [[R, T], [0, 1]] in metres for each time, from the surface at the beginning to its position, (4, 4)."""

    def __post_init__(self):
        _ = self.path

    @cached_property
    def path(self) -> Sampled:
        """The path, with times in seconds."""
        return Sampled(self.times, self.poses)

    def start(self, mesh, units, origin):
        middle = (mesh.bounds.mean(axis=0) - origin) / units.voxel_size
        return RigidVelocity((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), tuple(middle.tolist()))

    def motion(self, units, density, forces):
        """The path, continued for one step, so that a run that ends with the samples but for rounding has no sudden stop."""
        before, last = (np.asarray(each, dtype=np.float64) for each in (self.poses[-2], self.poses[-1]))
        share = units.time_step / (self.times[-1] - self.times[-2])
        further = between(before, last, 1.0 + share)
        return Sampled([*self.times, self.times[-1] + units.time_step], [*self.poses, further], units.time_step)


@dataclass(frozen=True, kw_only=True)
class FreeBody(BodyMotion):
    """Rigid body of uniform density that is moved by the fluid and by its weight less its buoyancy: see `RigidBody`.

    Gravity is that of the flow's `Forces`. Raises MotionError for a density that is not above 0, and velocities that are not
    finite.
    """

    density: float
    """Density [kg/m^3]."""
    translate: Axes = (True, True, True)
    """Axes along which the body is free; along others it keeps its initial velocity."""
    rotate: Axes = (True, True, True)
    """Axes about which the body is free to turn; about others it keeps its initial angular velocity."""
    velocity: Vector = (0.0, 0.0, 0.0)
    """Initial velocity of the centre of mass [m/s]."""
    angular_velocity: Vector = (0.0, 0.0, 0.0)
    """Initial angular velocity [rad/s]."""

    def __post_init__(self):
        require_positive("density", self.density, "kg/m^3", MotionError)
        for name in ("velocity", "angular_velocity"):
            if not np.isfinite(getattr(self, name)).all():
                raise MotionError(f"{name} is {getattr(self, name)}: it must be three finite numbers")

    def start(self, mesh, units, origin):
        middle = (of_volume(mesh, 3, "the body").centre - origin) / units.voxel_size
        velocity = [units.velocity_to_lattice(each) for each in self.velocity]
        rotation = [each * units.time_step for each in self.angular_velocity]
        return RigidVelocity(tuple(velocity), tuple(rotation), tuple(middle.tolist()))

    def motion(self, units, density, forces):
        gravity = [units.acceleration_to_lattice(each) for each in forces.gravity or (0.0, 0.0, 0.0)]
        return RigidBody(
            matter=Uniform(self.density / density), gravity=tuple(gravity), translate=self.translate, rotate=self.rotate
        )

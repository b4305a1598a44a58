"""Profiles of the velocity over an inlet, in SI units."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...errors import WindTunnelError
from ...models.boundary import Parabola, Profile
from ...units import Units

Velocity = tuple[float, float, float]


@dataclass(frozen=True)
class InletPlace:
    """Position and scale of an inlet, with which a profile in SI units becomes one of the boundary condition."""

    axis: int
    """Axis of the inlet's side."""
    up: int
    """Vertical axis."""
    origin: tuple[float, float, float]
    """Lower corner of the domain [m]; heights are measured from it."""
    units: Units


class InflowProfile(ABC):
    """Profile of the velocity over an inlet: a frozen value."""

    @abstractmethod
    def of(self, place: InletPlace) -> Profile:
        """The profile of the boundary condition, whose factors multiply the inlet's velocity."""

    def factors(self, positions: np.ndarray, up: int, ground: float) -> np.ndarray | None:
        """Factors of the free stream at positions [m], (..., 3), above a ground [m]; None: they are known on the inlet only."""
        return None

    def parameter(self, velocity: Velocity, place: InletPlace) -> Velocity:
        """Velocity that the factors multiply [cells / step]; `velocity`: that of the inlet [cells / step]."""
        return velocity


@dataclass(frozen=True)
class ParabolicProfile(InflowProfile):
    """Parabolas between the walls of a duct, with the inlet's velocity as the maximum: see `Parabola`."""

    def of(self, place):
        return Parabola(place.axis)


@dataclass(frozen=True)
class HeightProfile(InflowProfile, ABC):
    """Profile u(h) / u_ref of the height h above the lower side of the box along the vertical axis [m]."""

    reference_height: float
    """Height h_ref at which the velocity is that of the stream [m]."""

    @abstractmethod
    def at(self, height: np.ndarray) -> np.ndarray:
        """u / u_ref at heights [m]."""

    def of(self, place):
        return _Heights(self, place.up, place.units.voxel_size)

    def factors(self, positions, up, ground):
        return self.at(np.maximum(positions[..., up] - ground, 0.0))


@dataclass(frozen=True)
class LogLawProfile(HeightProfile):
    """Neutral atmospheric boundary layer u / u_ref = ln(1 + h / h_0) / ln(1 + h_ref / h_0), with the roughness length h_0 [m].

    Raises WindTunnelError for lengths that are not above 0. Source: Richards & Hoxey, J. Wind Eng. Ind. Aerodyn. 46 (1993) 145,
    eq. 3, with the origin of h at the ground.
    """

    roughness_length: float = 0.03
    """h_0 [m]: 0.0002 for open water, 0.03 for grass, 1 for a town."""

    def __post_init__(self):
        _require_above_zero(self, "reference_height", "roughness_length")

    def at(self, height):
        return np.log1p(height / self.roughness_length) / math.log1p(self.reference_height / self.roughness_length)


@dataclass(frozen=True)
class PowerLawProfile(HeightProfile):
    """Power law u / u_ref = (h / h_ref)^a. Raises WindTunnelError for a height or an exponent that is not above 0."""

    exponent: float = 1.0 / 7.0
    """a: 1/7 over open ground, 0.22 for suburbs, 0.33 for a town."""

    def __post_init__(self):
        _require_above_zero(self, "reference_height", "exponent")

    def at(self, height):
        return (height / self.reference_height) ** self.exponent


@dataclass(frozen=True)
class VelocityTable(InflowProfile):
    """Velocity that is tabulated over the inlet, in place of the inlet's own velocity; between the points it is interpolated
    linearly, and beyond them it is that of the nearest point. Raises WindTunnelError for tables that are empty or not finite."""

    positions: tuple[tuple[float, float, float], ...]
    """Positions of the points [m]; their coordinate across the side has no effect."""
    velocities: tuple[tuple[float, float, float], ...]
    """Velocity at each point [m / s]."""

    def __post_init__(self):
        both = np.array(self.positions, dtype=float), np.array(self.velocities, dtype=float)
        for name, each in zip(("positions", "velocities"), both):
            if each.ndim != 2 or each.shape[1] != 3 or not len(each) or not np.isfinite(each).all():
                raise WindTunnelError(f"the table's {name} have the shape {each.shape}: pass finite rows of three numbers")
        if len(both[0]) != len(both[1]):
            raise WindTunnelError(
                f"the table has {len(both[0])} positions and {len(both[1])} velocities: pass the same number of both"
            )

    def of(self, place):
        return _Table(self, place.axis, place.origin, place.units.voxel_size, place.units.velocity)

    def parameter(self, velocity, place):
        u = place.units.lattice_velocity
        return u, u, u

    @property
    def mean(self) -> tuple[float, float, float]:
        """Mean velocity of the points [m / s]."""
        x, y, z = np.mean(self.velocities, axis=0).tolist()
        return x, y, z


def _require_above_zero(profile: InflowProfile, *names: str) -> None:
    for name in names:
        value = getattr(profile, name)
        if not (math.isfinite(value) and value > 0.0):
            raise WindTunnelError(f"{name} of {type(profile).__name__} is {value}: it must be finite and above 0")


@dataclass(frozen=True)
class _Heights(Profile):
    """Profile of the height above the lower side of the box."""

    law: HeightProfile
    up: int
    voxel_size: float

    def factors(self, centres, shape, step):
        return self.law.at(np.maximum(centres[:, self.up], 0.0) * self.voxel_size)


@dataclass(frozen=True)
class _Table(Profile):
    """Tabulated velocity relative to the reference velocity, whose lattice value is each of the condition's parameters."""

    table: VelocityTable
    axis: int
    origin: tuple[float, float, float]
    voxel_size: float
    velocity: float

    def factors(self, centres, shape, step):
        from scipy.interpolate import griddata

        places = np.delete(np.asarray(self.origin) + self.voxel_size * centres, self.axis, axis=1)
        known, values = np.delete(np.array(self.table.positions), self.axis, axis=1), np.array(self.table.velocities)
        varied = np.ptp(known, axis=0) > 0.0
        if not varied.any():
            found = np.broadcast_to(values.mean(axis=0), (len(places), 3))
        elif varied.all():
            found = griddata(known, values, places)
            beyond = np.isnan(found[:, 0])
            found[beyond] = griddata(known, values, places[beyond], method="nearest")
        else:
            order = np.argsort(known[:, varied][:, 0])
            along = known[order][:, varied][:, 0]
            found = np.stack([np.interp(places[:, varied][:, 0], along, column) for column in values[order].T], axis=1)
        return found / self.velocity

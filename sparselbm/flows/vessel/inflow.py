"""Inlets of a vessel: conditions, schedules and velocities of inlets that share a waveform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...geometry.cap import Cap
from ...geometry.closing import joined
from ...models import Waveform
from ...models.boundary import Patch, Profile, Tabulated, VelocityInlet
from ...observe import OpeningFlows
from ...observe.openings import nearest_cap
from ...solver import Simulation
from ...units import Units
from ..runs.port_state import INLETS
from .cap_profiles import CapProfile, UniformInflow, WomersleyInflow
from .openings import Inlet, ones, peak_of


@dataclass(frozen=True, eq=False)
class CapVelocities(Profile):
    """Velocity at some caps, each along its normal, with the profile of its inlet."""

    caps: tuple[Cap, ...]
    profiles: tuple[CapProfile, ...]
    means: tuple[float, ...]
    """Mean velocity at each cap, relative to the condition's parameters, which are equal."""
    origin: tuple[float, ...]
    """Lower corner of the domain [m]."""
    voxel_size: float
    """[m]."""

    def factors(self, centres, shape, step):
        points = np.asarray(self.origin) + self.voxel_size * centres
        owner, result = nearest_cap(points, list(self.caps)), np.zeros((len(points), 3))
        for k, (cap, profile, mean) in enumerate(zip(self.caps, self.profiles, self.means, strict=True)):
            here = owner == k
            result[here] = mean * profile.speeds(cap, points[here], self.voxel_size)[:, None] * cap.normal
        return result


class PulsatingVelocities:
    """Velocities of `WomersleyInflow` at some caps, as a function of the places and the step; 1 before `begin`."""

    def __init__(self, group: InletGroup, units: Units, origin: tuple[float, ...], parameter: float):
        """`parameter`: value of the condition's equal parameters [cells / step]."""
        self._group, self._units, self._origin, self._parameter = group, units, np.asarray(origin), parameter
        self._sums: dict[str, np.ndarray] = {}
        self._at: tuple[np.ndarray, list[tuple[str, np.ndarray, np.ndarray]]] | None = None

    def begin(self, openings: OpeningFlows) -> None:
        """Takes the links, through which each harmonic has exactly its part of the flow rate at every step."""
        for name in self._group.inlets:
            points, areas = openings.links[name]
            self._sums[name] = self._shapes(name, points) @ areas

    def __call__(self, centres: np.ndarray, step: int) -> np.ndarray:
        if not self._sums:
            return np.ones((len(centres), 3))
        result, time = np.zeros((len(centres), 3)), self._units.time_to_si(step)
        for name, here, shapes in self._places(centres):
            parts = self._parts(name, time)
            speeds = np.concatenate([np.real(parts), -np.imag(parts)]) @ shapes
            result[here] = speeds[:, None] * self._group.caps[name].normal / self._parameter
        return result

    def _parts(self, name: str, time: float) -> np.ndarray:
        """Q_n e^(i n w t) of the harmonics, and what they lack of Q(t) [cells^3 / step], (harmonics + 2,)."""
        rate, count = self._group.waveform_of(name), self._group.womersley(name).harmonics
        assert rate.period is not None, "Womersley's profile has a periodic waveform"
        turning = rate.harmonics(count) * np.exp(2j * np.pi * np.arange(count + 1) * time / rate.period)
        lattice = self._units.velocity_to_lattice(1.0) / self._units.voxel_size**2
        return lattice * np.append(turning, rate(time) - turning.sum().real)

    def _shapes(self, name: str, points: np.ndarray) -> np.ndarray:
        """phi_n at points [m], and the uniform profile, (harmonics + 2, k)."""
        cap, size = self._group.caps[name], self._units.voxel_size
        period = self._group.waveform_of(name).period
        assert period is not None, "Womersley's profile has a periodic waveform"
        found = self._group.womersley(name).shapes(cap, points, 2.0 * np.pi / period, self._units.viscosity)
        return np.vstack([found, UniformInflow().speeds(cap, points, size)])

    def _places(self, centres: np.ndarray) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """For each inlet its places, and there the real and imaginary parts of the shapes, which are the same at every step."""
        if self._at is None or not np.array_equal(self._at[0], centres):
            points = self._origin + self._units.voxel_size * centres
            owner = nearest_cap(points, list(self._group.caps.values()))
            here = [(name, owner == k) for k, name in enumerate(self._group.inlets)]
            found = [(name, mine, self._shapes(name, points[mine]) / self._sums[name][:, None]) for name, mine in here]
            self._at = centres, [(name, mine, np.vstack([np.real(shapes), np.imag(shapes)])) for name, mine, shapes in found]
        return self._at[1]


@dataclass(frozen=True, eq=False)
class InletGroup:
    """Inlets whose flow rates are in proportion at all times, or that have Womersley's profile, and through which scalars enter
    with the same values: one patch."""

    name: str
    """Name of the patch."""
    inlets: Mapping[str, Inlet]
    caps: Mapping[str, Cap]
    waveform: Waveform | None
    """Factor of the largest flow rates in time; None: constant, or part of the profile."""

    @classmethod
    def all_of(
        cls, inlets: Mapping[str, Inlet], caps: Mapping[str, Cap], carried: Mapping[str, tuple[float, ...]]
    ) -> list[InletGroup]:
        """The groups of some inlets; without waveforms, and with one for all, there is a single group.

        `carried`: values of the scalars at each opening.
        """
        members: dict[tuple[bool, Waveform | None, tuple[float, ...]], list[str]] = {}
        for name, inlet in inlets.items():
            pulsates, wave = isinstance(inlet.profile, WomersleyInflow), inlet.waveform
            key = pulsates, None if pulsates or wave is None else wave.scaled(1.0 / wave.peak), carried[name]
            members.setdefault(key, []).append(name)
        return [
            cls(f"{INLETS}{k + 1}" if k else INLETS, {n: inlets[n] for n in names}, {n: caps[n] for n in names}, waveform)
            for k, ((_, waveform, _), names) in enumerate(members.items())
        ]

    def womersley(self, name: str) -> WomersleyInflow:
        """Profile of an inlet of a group with Womersley's profile."""
        profile = self.inlets[name].profile
        assert isinstance(profile, WomersleyInflow), "its inlets have Womersley's profile"
        return profile

    def waveform_of(self, name: str) -> Waveform:
        """Flow rate in time [m^3 / s] of an inlet that has a waveform."""
        rate = self.inlets[name].rate(self.caps[name].area)
        assert isinstance(rate, Waveform), "the inlet has a waveform"
        return rate

    @property
    def pulsates(self) -> bool:
        """Whether the inlets have Womersley's profile."""
        return any(isinstance(inlet.profile, WomersleyInflow) for inlet in self.inlets.values())

    def condition(self, speed: float, units: Units, origin: tuple[float, ...]) -> VelocityInlet:
        """The condition, with placeholders for velocities that are known once the links are; `speed`: its three parameters."""
        patch = Patch(self.name, joined([cap.mesh for cap in self.caps.values()]))
        velocities: Callable = PulsatingVelocities(self, units, origin, speed) if self.pulsates else ones
        return VelocityInlet(patch, (speed,) * 3, profile=Tabulated(velocities, steady=not self.pulsates))

    def schedules(self, units: Units) -> dict[str, Waveform]:
        """Schedules of the parameters; none if the inflow is constant."""
        if self.waveform is None:
            return {}
        in_steps = self.waveform.in_steps(units.time_step)
        return {f"{self.name}.velocity_{axis}": in_steps for axis in "xyz"}

    def begin(self, simulation: Simulation, openings: OpeningFlows, units: Units) -> None:
        """Sets velocities along the normals of the caps such that the links give exactly the flow rates."""
        if self.pulsates:
            condition = next(each for each in simulation.physics.boundaries if each.face.name == self.name)
            condition.profile.function.begin(openings)  # type: ignore[union-attr]
            return
        means = []
        for name, inlet in self.inlets.items():
            cap, (points, areas) = self.caps[name], openings.links[name]
            rate = units.velocity_to_lattice(peak_of(inlet.rate(cap.area))) / units.voxel_size**2
            means.append(rate / (inlet.profile.speeds(cap, points, units.voxel_size) @ areas))
        simulation.set_profile(self.name, CapVelocities(
            tuple(self.caps.values()), tuple(inlet.profile for inlet in self.inlets.values()),
            tuple(mean / simulation.parameter(f"{self.name}.velocity_x") for mean in means), simulation.domain.origin,
            units.voxel_size,
        ))

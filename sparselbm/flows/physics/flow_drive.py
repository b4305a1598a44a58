"""Acceleration that maintains the mean velocity of a flow between periodic sides."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from ...errors import UnitsError
from ...observe import CellIntegral
from ...observe.evaluation import Sums
from ...observe.monitor import Monitor, Sampler, Schedule
from ...observe.open_share import open_share
from ...solver import Simulation
from ...solver.feedback import Feedback
from ...units import MACH_ERROR_ABOVE, SOUND_SPEED, Units, is_below, rounded_down
from .forces import Forces

INTERVAL = 10
"""Steps between two updates."""
_APPROACH = 10.0
"""T: intervals in which the mean velocity approaches the prescribed one."""


def _along(axis: int):
    return lambda cell: open_share(cell) * cell.velocity[axis]


_SUMS = tuple(CellIntegral(_along(k)) for k in range(3)), CellIntegral(open_share)
"""Sum of the velocity over the fluid, by axis, and volume of the fluid."""


def require_slow(forces: Forces, units: Units, bounds: np.ndarray) -> None:
    """Raises UnitsError for a mean velocity that the lattice velocity cannot represent; `bounds`: of the box [m], (2, 3)."""
    size, zero = np.ptp(bounds, axis=0), (0.0, 0.0, 0.0)
    wanted = np.abs(forces.mean_velocity or zero) + np.abs(forces.flow_rate or zero) * size / size.prod()
    speed = float(wanted.max())
    mach = units.velocity_to_lattice(speed) / SOUND_SPEED
    if is_below(MACH_ERROR_ABOVE, mach):
        advised = rounded_down(MACH_ERROR_ABOVE * SOUND_SPEED * units.velocity / speed, 4)
        raise UnitsError(
            f"the mean velocity between periodic sides is {speed:.4g} m/s, a Mach number of {mach:.2g} on the lattice, above the "
            f"limit of {MACH_ERROR_ABOVE:g}: give it as the velocity of the stream too, or use a lattice_velocity of at most "
            f"{advised:g} (now {units.lattice_velocity:g})"
        )


class FlowDrive(Feedback):
    """Uniform acceleration a along the periodic axes that brings the mean velocity U over the fluid to U*. Every interval of ten
    steps, with U_old at the previous update and the interval as the unit of time,

        a' = a - (U - U_old) + (U* - U) / T,

    where a - (U - U_old) is the present friction, so that U approaches U* in T = 10 intervals at any friction; in
    steady flow a is the friction, and -rho a the mean pressure gradient.
    """

    interval = INTERVAL

    def __init__(self, simulation: Simulation, units: Units, level: float, forces: Forces):
        """`level`: pressure of density 1 [Pa]; `forces`: with a mean velocity U* or a flow rate U* A, where A is the mean
        cross-section of the fluid."""
        self._simulation, self._units, self.level = simulation, units, level
        self._sums = Sums(simulation, (*_SUMS[0], _SUMS[1]))
        *sums, self._volume = self._read()
        section = self._volume * units.voxel_size**3 / (np.array(simulation.domain.shape) * units.voxel_size)
        self.axes = forces.controlled
        zero = (0.0, 0.0, 0.0)
        wanted = np.array(forces.mean_velocity or zero) + np.array(forces.flow_rate or zero) / section
        self._wanted, self._mean = np.asarray(units.velocity_to_lattice(wanted)), np.array(sums) / self._volume
        self._acceleration = np.zeros(3)

    def _read(self) -> np.ndarray:
        self._sums.add(self._simulation.state.populations)
        return self._sums.take()

    @property
    def mean_velocity(self) -> np.ndarray:
        """Mean velocity over the fluid [m / s] at the last update, (3,)."""
        return np.asarray(self._units.velocity_to_si(self._mean))

    @property
    def acceleration(self) -> np.ndarray:
        """Present acceleration [m / s^2], (3,), 0 along other axes."""
        return np.asarray(self._units.acceleration_to_si(self._acceleration))

    def update(self):
        mean = self._read()[:3] / self._volume
        change = -(mean - self._mean) + (self._wanted - mean) / _APPROACH
        self._mean = mean
        for k in self.axes:
            self._acceleration[k] += change[k] / INTERVAL
        self._apply()

    def towards_steady(self):
        return nullcontext()

    @property
    def refusal(self):
        present = ", ".join(f"{a:.4g}" for a in self.acceleration)
        return (
            "the acceleration between periodic sides follows the mean velocity, which a gradient would not: give the "
            f"acceleration itself (now {present} m/s^2)"
        )

    @property
    def memory(self):
        values = {f"acceleration {axis}": float(a) for axis, a in zip("xyz", self._acceleration)}
        return values | {f"mean velocity {axis}": float(u) for axis, u in zip("xyz", self._mean)}

    def recall(self, memory: Mapping[str, float]):
        self._acceleration = np.array([memory[f"acceleration {axis}"] for axis in "xyz"])
        self._mean = np.array([memory[f"mean velocity {axis}"] for axis in "xyz"])
        self._apply()

    def _apply(self) -> None:
        """Sets the force of the simulation, whose density is 1."""
        self._simulation.set_parameters({f"force_{'xyz'[k]}": float(self._acceleration[k]) for k in self.axes})


@dataclass(frozen=True, eq=False)
class DriveValues(Monitor):
    """Acceleration [m / s^2] of a `FlowDrive` and the mean velocity [m / s], along the axes that it drives."""

    drive: FlowDrive
    every: Schedule

    def columns(self, simulation):
        axes = ["xyz"[k] for k in self.drive.axes]
        return (*(f"acceleration {axis} [m/s^2]" for axis in axes), *(f"mean velocity {axis} [m/s]" for axis in axes))

    def bind(self, simulation):
        return _DriveSampler(self.drive)


class _DriveSampler(Sampler):
    def __init__(self, drive: FlowDrive):
        self._drive = drive

    def take(self):
        drive, axes = self._drive, list(self._drive.axes)
        return (*drive.acceleration[axes].tolist(), *drive.mean_velocity[axes].tolist())

"""Force and torque on an obstacle, and their coefficients."""

from dataclasses import dataclass

import numpy as np

from ...solver import Simulation
from ..force import Force
from ..forces import forces_on_all
from ..torque import Torque
from .monitor import Monitor, Sampler
from .schedule import Schedule
from .values import ValuesSampler


@dataclass(frozen=True)
class ForceOn(Monitor):
    """F on an obstacle [lattice force]: columns `force_x`, `force_y`[, `force_z`]."""

    obstacle: str
    every: Schedule

    def columns(self, simulation):
        return tuple(f"force_{axis}" for axis in "xyz"[: simulation.lattice.dimension])

    def bind(self, simulation):
        directions = np.eye(simulation.lattice.dimension).tolist()
        return ValuesSampler(simulation, [Force(self.obstacle, tuple(e)) for e in directions])


@dataclass(frozen=True)
class ForceOnEach(Monitor):
    """F on every obstacle [lattice force], in one pass (see `forces_on_all`): columns `NAME.force_x`, `NAME.force_y`, ..."""

    every: Schedule

    def columns(self, simulation):
        axes = "xyz"[: simulation.lattice.dimension]
        return tuple(f"{name}.force_{axis}" for name in simulation.physics.obstacles for axis in axes)

    def bind(self, simulation):
        return _ForcesSampler(simulation)


class _ForcesSampler(Sampler):
    def __init__(self, simulation: Simulation):
        self._simulation = simulation

    def take(self):
        return tuple(float(x) for force in forces_on_all(self._simulation).values() for x in force)


@dataclass(frozen=True)
class TorqueOn(Monitor):
    """(x - x_0) x F on an obstacle [lattice force x cells]: columns `torque_x`, `torque_y`, `torque_z`; in 2D the last."""

    obstacle: str
    centre: tuple[float, ...]
    """x_0 [cells from the domain's lower corner]."""
    every: Schedule

    def columns(self, simulation):
        return ("torque_z",) if simulation.lattice.dimension == 2 else ("torque_x", "torque_y", "torque_z")

    def bind(self, simulation):
        _require_axes("centre", self.centre, simulation)
        axes = {"torque_x": (1.0, 0.0, 0.0), "torque_y": (0.0, 1.0, 0.0), "torque_z": (0.0, 0.0, 1.0)}
        return ValuesSampler(
            simulation, [Torque(self.obstacle, self.centre, axes[name]) for name in self.columns(simulation)]
        )


@dataclass(frozen=True)
class DragLift(Monitor):
    """C_d = F . e_d / (1/2 u^2 A) and C_l = F . e_l / (1/2 u^2 A), density 1: columns `drag_coefficient`, `lift_coefficient`."""

    obstacle: str
    every: Schedule
    speed: float
    """u: free-stream velocity [cells / step]."""
    area: float
    """A: reference area [cells^2], the frontal area or in 2D the width across the flow [cells]."""
    drag: tuple[float, ...] = (1.0, 0.0)
    """e_d: unit vector along the flow."""
    lift: tuple[float, ...] = (0.0, 1.0)
    """e_l: unit vector of the lift."""

    def __post_init__(self):
        require_positive(self, "speed", "area")

    def columns(self, simulation):
        return ("drag_coefficient", "lift_coefficient")

    def bind(self, simulation):
        for name in ("drag", "lift"):
            require_unit(name, getattr(self, name), simulation)
        forces = [Force(self.obstacle, direction) for direction in (self.drag, self.lift)]
        return ValuesSampler(simulation, forces, 1.0 / (0.5 * self.speed**2 * self.area))


@dataclass(frozen=True)
class MomentCoefficient(Monitor):
    """C_m = ((x - x_0) x F) . a / (1/2 u^2 A L), density 1: column `moment_coefficient`."""

    obstacle: str
    every: Schedule
    centre: tuple[float, ...]
    """x_0 [cells from the domain's lower corner]."""
    speed: float
    """u: free-stream velocity [cells / step]."""
    area: float
    """A: reference area [cells^2], in 2D [cells]."""
    length: float
    """L: reference length [cells]."""
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """a: unit vector of the axis; in 2D always z."""

    def __post_init__(self):
        require_positive(self, "speed", "area", "length")

    def columns(self, simulation):
        return ("moment_coefficient",)

    def bind(self, simulation):
        _require_axes("centre", self.centre, simulation)
        torque = Torque(self.obstacle, self.centre, self.axis)
        return ValuesSampler(simulation, [torque], 1.0 / (0.5 * self.speed**2 * self.area * self.length))


def require_positive(value: object, *names: str) -> None:
    """Raises ValueError for a field that is not a finite number above 0."""
    for name in names:
        number = getattr(value, name)
        if not 0.0 < number < float("inf"):
            raise ValueError(f"{type(value).__name__}: {name} is {number!r}: give a finite number above 0")


def require_unit(name: str, direction: tuple[float, ...], simulation) -> None:
    """Raises ValueError unless the direction is a unit vector of the simulation's dimension."""
    _require_axes(name, direction, simulation)
    length = float(np.linalg.norm(direction))
    if not abs(length - 1.0) < 1e-6:
        raise ValueError(f"{name} {direction} has the length {length:.6g}: give a unit vector")


def _require_axes(name: str, values: tuple[float, ...], simulation) -> None:
    if len(values) != simulation.lattice.dimension:
        raise ValueError(f"{name} {values}: give one value per axis, {simulation.lattice.dimension} of them")

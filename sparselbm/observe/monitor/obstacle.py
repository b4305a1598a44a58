"""Force and torque on an obstacle, and their coefficients."""

from dataclasses import dataclass

import numpy as np

from ...errors import require_positive
from ...solver import Simulation
from ..combination import Coefficient
from ..force import Force
from ..forces import forces_on_all
from ..torque import Torque
from .monitor import Monitor, Sampler
from .schedule import Schedule
from .values import FunctionalMonitor


@dataclass(frozen=True)
class ForceOn(FunctionalMonitor):
    """Force F on an obstacle [lattice force]: columns `force_x`, `force_y`[, `force_z`]."""

    obstacle: str
    every: Schedule

    def functionals(self, simulation):
        d = simulation.lattice.dimension
        axes = zip("xyz", np.eye(d).tolist(), strict=False)
        return {f"force_{name}": Force(self.obstacle, tuple(axis)) for name, axis in axes}


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
class TorqueOn(FunctionalMonitor):
    """Torque (x - x_0) x F on an obstacle [lattice force x cells]: columns `torque_x`, `torque_y`, `torque_z`; in 2D the last."""

    obstacle: str
    centre: tuple[float, ...]
    """x_0 [cells from the domain's lower corner]."""
    every: Schedule

    def functionals(self, simulation):
        _require_axes("centre", self.centre, simulation)
        axes = {"torque_x": (1.0, 0.0, 0.0), "torque_y": (0.0, 1.0, 0.0), "torque_z": (0.0, 0.0, 1.0)}
        names = ("torque_z",) if simulation.lattice.dimension == 2 else tuple(axes)
        return {name: Torque(self.obstacle, self.centre, axes[name]) for name in names}


@dataclass(frozen=True)
class DragLift(FunctionalMonitor):
    """C_d = F . e_d / (1/2 u^2 A) and C_l = F . e_l / (1/2 u^2 A), density 1: columns `drag_coefficient`, `lift_coefficient`."""

    obstacle: str
    every: Schedule
    speed: float
    """u: free-stream velocity [cells / step]."""
    area: float
    """A, the frontal area [cells^2]; in 2D the width across the flow [cells]."""
    drag: tuple[float, ...] = (1.0, 0.0)
    """e_d: unit vector along the flow."""
    lift: tuple[float, ...] = (0.0, 1.0)
    """e_l: unit vector of the lift."""

    def __post_init__(self):
        _require_positive(self, "speed", "area")

    def functionals(self, simulation):
        for name in ("drag", "lift"):
            require_unit(name, getattr(self, name), simulation)
        reference = 0.5 * self.speed**2 * self.area
        return {
            "drag_coefficient": Coefficient(Force(self.obstacle, self.drag), reference),
            "lift_coefficient": Coefficient(Force(self.obstacle, self.lift), reference),
        }


@dataclass(frozen=True)
class MomentCoefficient(FunctionalMonitor):
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
    """a, a unit vector; in 2D it is z."""

    def __post_init__(self):
        _require_positive(self, "speed", "area", "length")

    def functionals(self, simulation):
        _require_axes("centre", self.centre, simulation)
        torque = Torque(self.obstacle, self.centre, self.axis)
        return {"moment_coefficient": Coefficient(torque, 0.5 * self.speed**2 * self.area * self.length)}


def _require_positive(monitor: FunctionalMonitor, *names: str) -> None:
    """Raises ValueError for a field that is not a finite number above 0."""
    for name in names:
        require_positive(f"{type(monitor).__name__}: {name}", getattr(monitor, name), "", ValueError)


def require_unit(name: str, direction: tuple[float, ...], simulation: Simulation) -> None:
    """Raises ValueError for a vector that is not a unit vector of the simulation's dimension."""
    _require_axes(name, direction, simulation)
    length = float(np.linalg.norm(direction))
    if not abs(length - 1.0) < 1e-6:
        raise ValueError(f"{name} {direction} has the length {length:.6g}, but must be a unit vector: divide it by its length")


def _require_axes(name: str, values: tuple[float, ...], simulation: Simulation) -> None:
    if len(values) != simulation.lattice.dimension:
        raise ValueError(f"{name} {values}: pass one value per axis, {simulation.lattice.dimension} in all")

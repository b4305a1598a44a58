"""Conditions that are given a density or a velocity, and keep no memory: what they share."""

from abc import ABC
from dataclasses import dataclass

from ..model_parameter import vector_parameters
from .condition import BoundaryCondition
from .face import Face
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class GivenPressure(BoundaryCondition, ABC):
    """A density at the centres of the cells of a face. Parameter: `density` (rho; schedules and profiles multiply rho - 1).

    Sound is reflected whole: between such a face and a velocity inlet it is trapped, and the flow around a cylinder blew
    up at tau - 1/2 = 0.015, where `PressureOutlet` held at 3e-5.
    """

    face: Face
    density: float = 1.0
    """rho [lattice density]; the pressure is rho / 3."""

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def memory(self, lattice, f, post):
        return {}


@dataclass(frozen=True)
class GivenVelocity(BoundaryCondition, ABC):
    """A velocity. Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step]."""

    velocity: tuple[float, ...]
    """u [cells / step], one value an axis."""

    def parameters(self, dimension):
        if len(self.velocity) != dimension:
            raise ValueError(f"velocity {self.velocity} on {self.face.name}: give one value an axis, {dimension} of them")
        return vector_parameters("velocity", self.velocity, "xyz"[:dimension], "cells/step", "velocity")

    def memory(self, lattice, f, post):
        return {}

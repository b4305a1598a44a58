"""Base classes of conditions with a prescribed density or velocity."""

from abc import ABC
from dataclasses import dataclass, field

from ...units import Unit
from ..in_si import in_si
from ..model_parameter import vector_parameters
from .condition import BoundaryCondition
from .face import Face
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class PrescribedPressure(BoundaryCondition, ABC):
    """A density at the centres of the cells of a face. Parameter: `density` (rho; schedules and profiles multiply rho - 1).

    Sound is fully reflected and is trapped between such a face and a velocity inlet: the flow around a cylinder became
    unstable at tau - 1/2 = 0.015, where `PressureOutlet` was stable at 3e-5.
    """

    face: Face
    density: float = 1.0
    """rho [lattice density]; the pressure is rho / 3."""

    precedence = 3.0

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def memory(self, lattice, f, post, enters, normal):
        return {}


@dataclass(frozen=True)
class PrescribedVelocity(BoundaryCondition, ABC):
    """Prescribed velocity u: the mass flux is that of the density 1, so that the flow rate is nominal at any pressure.

    Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step].
    """

    velocity: tuple[float, ...] = field(metadata=in_si(Unit(m=1, s=-1)))
    """u [cells / step], one value per axis."""

    def parameters(self, dimension):
        if len(self.velocity) != dimension:
            raise ValueError(f"velocity {self.velocity} on {self.face.name}: give one value per axis, {dimension} of them")
        return vector_parameters("velocity", self.velocity, "xyz"[:dimension], "cells/step", "velocity")

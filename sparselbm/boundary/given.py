"""Conditions that hold a density or a velocity at the centres of cells: what those of Zou & He, Latt and Grad share."""

from abc import ABC
from dataclasses import dataclass

from .condition import Boundary
from .face import Face
from .plane import require_density, velocity_parameters


@dataclass(frozen=True)
class GivenPressure(Boundary, ABC):
    """A density at the cells of a face. Parameter: `density` (rho - 1).

    Sound is reflected whole: between such a face and a velocity inlet it is trapped, and the flow around a cylinder blew
    up at tau - 1/2 = 0.015, where `PressureOutlet` held at 3e-5.
    """

    face: Face
    density: float = 1.0
    """rho [lattice density]; the pressure is rho / 3."""

    def __post_init__(self):
        require_density(self, self.density)

    def parameters(self, dimension):
        return {"density": self.density - 1.0}

    def memory(self, lattice, f, post):
        return {}


@dataclass(frozen=True)
class GivenVelocity(Boundary, ABC):
    """A velocity at the cells. Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step]."""

    velocity: tuple[float, ...]
    """u [cells / step], one value an axis."""

    def parameters(self, dimension):
        return velocity_parameters(self.face, self.velocity, dimension)

    def memory(self, lattice, f, post):
        return {}

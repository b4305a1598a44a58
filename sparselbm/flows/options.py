"""Options that every flow set-up has."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import warp as wp

from ..errors import SparselbmError
from ..geometry import SolidFraction
from ..lattice import Lattice
from ..models.collision import Collision
from ..models.wall import BounceBack


@dataclass(frozen=True, kw_only=True)
class FlowOptions(ABC):
    """Fluid, cell size and numerical method of a flow: a frozen value. The concrete flows add geometry and boundaries."""

    voxel_size: float | None = None
    """Edge of a cell [m]; None: the characteristic length divided by the default number of cells across it."""
    reynolds: float = 60.0
    """Reynolds number of the characteristic length and velocity of the flow."""
    viscosity: float | None = None
    """Kinematic viscosity nu [m^2 / s], instead of the Reynolds number."""
    density: float = 1.0
    """Density of the fluid [kg / m^3]."""
    lattice_velocity: float = 0.08
    """Characteristic velocity u in lattice units [cells / step]: the Mach number is u sqrt(3)."""
    lattice: Lattice | None = None
    """Velocity set; None: D3Q19, or D3Q27 where the collision model needs it or is stable only there."""
    collision: Collision | None = None
    """Collision model; None: TRT if it is stable at the cell Reynolds number, else a more stable one (see `Method`)."""
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """Wall model of the surfaces."""
    precision: type = wp.float32
    """Floating-point type of the populations: wp.float32 or wp.float64."""

    @abstractmethod
    def check(self) -> None:
        """Raises an error for options that do not fit together, independently of the geometry."""

    def require_positive(self, error: type[SparselbmError]) -> None:
        """Raises `error` for a voxel size or a viscosity that is not finite and above 0."""
        for name, value, unit in (("voxel size", self.voxel_size, "m"), ("viscosity", self.viscosity, "m^2/s")):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise error(f"the {name} is {value} {unit}: it must be finite and above 0")

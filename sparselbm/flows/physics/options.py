"""Options that every flow set-up has."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import warp as wp

from ...errors import SparselbmError
from ...geometry import SolidFraction
from ...lattice import Lattice
from ...models.collision import Collision
from ...models.in_si import InSI
from ...models.wall import BounceBack
from .forces import Forces
from .scalars import FlowScalar


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
    lattice_velocity: float | None = None
    """Characteristic velocity u in lattice units [cells / step]: the Mach number is u sqrt(3). None: the default of the flow."""
    lattice: Lattice | None = None
    """Velocity set; None: D3Q19, or D3Q27 where the collision model needs it or is stable only there."""
    collision: Collision | InSI[Collision] | None = None
    """Collision model, with parameters in lattice units, or as `InSI`; None: TRT if it is stable at the cell Reynolds number,
    else a more stable one (see `Method`)."""
    turbulence: InSI[Collision] | None = None
    """Turbulence model around the collision, such as InSI(Smagorinsky, constant=0.1); None: no model."""
    rheology: InSI[Collision] | None = None
    """Law of the viscosity around the collision, such as InSI(Carreau, relaxation_time=3.3, power_index=0.36); None: Newtonian.
    The viscosity of the options is then the nominal one, to which the Reynolds number refers, and nu_0 of Carreau's law."""
    wall_function: bool = False
    """Whether the friction of no-slip sides at rest follows a wall law (`WallFunction`), for boundary layers that are not
    resolved; bodies and surfaces have none."""
    forces: Forces = field(default_factory=Forces)
    """Gravity, uniform acceleration and rotating frame."""
    scalars: tuple[FlowScalar, ...] = ()
    """Scalars that the flow carries, such as temperature."""
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

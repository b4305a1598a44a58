"""Set-ups that the options of a flow describe: collision model and velocity set, and the limit of their cell Reynolds number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from ..errors import UnitsError
from ..estimate.memory import MemoryPerCell
from ..grid import Domain
from ..models.boundary import BoundaryCondition
from ..models.in_si import InSI
from ..solver import Obstacle, Simulation
from .physics.flow_models import FlowModels
from .physics.method import Inflow, Method
from .physics.options import FlowOptions
from .physics.wall_place import wall_place_doubt, wall_shift_doubt
from .setup import FlowSetup

S = TypeVar("S", bound="InflowSetup")


@dataclass(frozen=True, eq=False)
class InflowSetup(FlowSetup, ABC):
    """Flow with an inlet, made from `FlowOptions`."""

    options: FlowOptions
    """Options, with voxel size, lattice velocity, collision model and velocity set determined."""
    reason: str = field(default="as specified", kw_only=True)
    """Reason for the choice of collision model and velocity set."""

    @property
    @abstractmethod
    def inflow(self) -> Inflow:
        """Surroundings of the inlets."""

    @property
    @abstractmethod
    def boundaries(self) -> Sequence[BoundaryCondition]:
        """Boundary conditions at the openings and on the sides."""

    @property
    @abstractmethod
    def body_names(self) -> Sequence[str]:
        """Names of the obstacles in the simulation."""

    @property
    def patches(self) -> Mapping[str, str]:
        """Name of the boundary condition of each opening that shares one with others: none."""
        return {}

    @property
    @abstractmethod
    def domain(self) -> Domain:
        """Cells of the flow."""

    @property
    @abstractmethod
    def has_free_bodies(self) -> bool:
        """Whether a body is moved by its weight."""

    @property
    def models(self) -> FlowModels:
        """Models around the collision, forces and scalars."""
        return FlowModels(self)

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """Every doubt about the set-up, also that wall and collision model do not go together."""
        viscosity = self.units.lattice_viscosity
        wall = wall_place_doubt(self.options.wall, self.method.collision, viscosity)
        shift = wall_shift_doubt(self.method.collision, viscosity, self.lattice_velocity)
        return (*super().doubts, *wall, *shift, *self.models.doubts)

    @property
    def lattice_velocity(self) -> float:
        """Characteristic velocity u in lattice units [cells / step]."""
        assert self.options.lattice_velocity is not None, "a set-up holds the default of its flow"
        return self.options.lattice_velocity

    @property
    def method(self) -> Method:
        """Collision model and velocity set, with the reason for their choice."""
        given, models = self.options.collision, self.models
        collision = models.made(given) if isinstance(given, InSI) else given
        found = Method.of(collision, self.options.lattice, self.cell_reynolds, self.inflow, reason=self.reason)
        return replace(found, beside=models.names)

    @property
    def cell_reynolds(self) -> float:
        """Cell Reynolds number u / (nu + nu_t), nu_t: eddy viscosity where u changes by itself across a cell, as it does where a
        flow becomes unstable."""
        u = self.lattice_velocity
        eddies = 0.0 if self.options.turbulence is None else self.models.largest_eddy_viscosity(u)
        return u / (self.units.lattice_viscosity + eddies) if eddies else self.units.cell_reynolds

    def simulation(
        self, obstacles: Sequence[Obstacle], schedules: Mapping[str, Callable[[int], float]] | None = None
    ) -> Simulation:
        """The simulation around obstacles, with all models, at rest, and with the initial values of the scalars.

        `schedules`: factors of parameters in time, see `Simulation`.
        """
        method, models = self.method, self.models
        found = Simulation(
            self.domain, viscosity=self.units.lattice_viscosity, lattice=method.lattice,
            collision=models.around(method.collision), boundaries=models.boundaries, force=models.forces,
            scalars=models.scalars, obstacles=obstacles, schedules=schedules,
            precision=self.options.precision,
        )
        for scalar in self.options.scalars:
            scalar.begin(found, self.units)
        return found

    @property
    def memory_per_cell(self) -> MemoryPerCell:
        """Memory per cell [bytes]."""
        method, options = self.method, self.options
        collision = self.models.around(method.collision)
        return MemoryPerCell.of(method.lattice, collision, options.precision, scalars=len(options.scalars))

    def with_method(self: S) -> S:
        """Returns the same set-up with collision model and velocity set chosen where the options name none.

        Raises UnitsError for models that do not go together.
        """
        method = self.method
        method.require_supported()
        self.models.require_supported()
        collision = self.options.collision or method.collision
        options = replace(self.options, collision=collision, lattice=method.lattice)
        return replace(self, options=options, reason=method.reason)

    @property
    def instability(self) -> str | None:
        """Message about a cell Reynolds number at which the method is unstable; None if it is within the limit."""
        return self.method.instability(self.cell_reynolds, self.inflow, self.voxel_size)

    def require_stable(self) -> None:
        """Raises UnitsError for a cell Reynolds number at which the method is unstable."""
        if found := self.instability:
            raise UnitsError(found)

"""Set-ups that the options of a flow describe: collision model and velocity set, and the limit of their cell Reynolds number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from ..errors import UnitsError
from ..estimate.memory import MemoryPerCell
from .method import Inflow, Method
from .options import FlowOptions
from .setup import FlowSetup
from .wall_place import wall_place_doubt

S = TypeVar("S", bound="InflowSetup")


@dataclass(frozen=True, eq=False)
class InflowSetup(FlowSetup, ABC):
    """Flow with an inlet, made from `FlowOptions`."""

    options: FlowOptions
    """Options, with voxel size, collision model and velocity set determined."""
    reason: str = field(default="as specified", kw_only=True)
    """Reason for the choice of collision model and velocity set."""

    @property
    @abstractmethod
    def inflow(self) -> Inflow:
        """Surroundings of the inlets."""

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """Every doubt about the set-up, also that wall and collision model do not go together."""
        viscosity = self.units.lattice_viscosity
        return (*super().doubts, *wall_place_doubt(self.options.wall, self.method.collision, viscosity))

    @property
    def method(self) -> Method:
        """Collision model and velocity set, with the reason for their choice."""
        return Method.of(self.options, self.units.cell_reynolds, self.inflow, self.reason)

    @property
    def memory_per_cell(self) -> MemoryPerCell:
        """Memory per cell [bytes]."""
        return MemoryPerCell.of(self.method.lattice, self.method.collision, self.options.precision)

    def with_method(self: S) -> S:
        """Returns the same set-up with collision model and velocity set chosen where the options name none."""
        method = self.method
        options = replace(self.options, collision=method.collision, lattice=method.lattice)
        return replace(self, options=options, reason=method.reason)

    @property
    def instability(self) -> str | None:
        """Message about a cell Reynolds number at which the method is unstable; None if it is within the limit."""
        return self.method.instability(self.units.cell_reynolds, self.inflow, self.voxel_size)

    def require_stable(self) -> None:
        """Raises UnitsError for a cell Reynolds number at which the method is unstable."""
        if found := self.instability:
            raise UnitsError(found)

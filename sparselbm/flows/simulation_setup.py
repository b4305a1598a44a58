"""Set-up of a flow whose simulation the user has built."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..errors import SimulationError
from ..estimate.memory import MemoryPerCell
from ..geometry import TriangleMesh
from ..models.wall import BounceBack
from ..observe import Force, Functional
from ..solver import Simulation
from ..units import Units
from .flow import Flow
from .setup import FlowSetup


@dataclass(frozen=True, eq=False)
class SimulationSetup(FlowSetup):
    """Set-up around an existing simulation, for flows that no other set-up describes, such as a box with a resistance field.

    `build` returns a flow of this same simulation, which continues from its current state.
    """

    simulation: Simulation
    own_units: Units | None = None
    """Conversion to SI units; None: lattice units, in which a cell and a time step are 1."""
    objective: Functional | None = None
    """Observable that is measured if no other is specified."""
    obstacle: str = field(default="", kw_only=True)
    """Name of the obstacle that may be deformed; empty: none."""

    @property
    def headline(self) -> str:
        """One-line summary of the run."""
        domain = self.simulation.domain
        return f"box of {' x '.join(map(str, domain.shape))} cells, {domain.fluid_cells:,} of them fluid"

    @cached_property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        return self.own_units or Units(
            voxel_size=1.0, velocity=0.05, viscosity=self.simulation.parameter("viscosity"), density=1.0, lattice_velocity=0.05
        )

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the box, from its own lower corner [m, or cells in lattice units], (2, d)."""
        shape = np.array(self.simulation.domain.shape, dtype=np.float64)
        return np.array([np.zeros_like(shape), shape * self.voxel_size])

    @property
    def cells(self) -> int:
        """Number of cells of all tiles."""
        return self.tiles * self.simulation.domain.cells_per_tile

    @property
    def least_cells(self) -> int:
        """Number of cells of all tiles."""
        return self.cells

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return self.simulation.domain.tile_count

    @property
    def memory_per_cell(self) -> MemoryPerCell:
        """Memory per cell [bytes]."""
        physics = self.simulation.physics
        return MemoryPerCell.of(physics.lattice, physics.collision, self.simulation.precision)

    @property
    def flow_through_steps(self) -> int:
        """Number of steps in which the characteristic velocity crosses the box along its longest axis."""
        return math.ceil(max(self.simulation.domain.shape) / self.units.lattice_velocity)

    @property
    def warnings(self) -> tuple[str, ...]:
        """None: the limits of accuracy of the user's own simulation are not known."""
        return ()

    @property
    def surface_doubts(self) -> tuple[str, ...]:
        """None: the user's own simulation has its own surfaces."""
        return ()

    @property
    def dimensions(self) -> dict[str, str]:
        """Size of the box."""
        return {"box": f"{' x '.join(f'{x:.4g}' for x in self.bounds[1])} {'m' if self.own_units else 'cells'}"}

    @property
    def default_objective(self) -> Functional | None:
        """Observable that is measured if no other is specified."""
        return self.objective

    @property
    def monitored(self) -> dict[str, Force]:
        """All components of the force on the obstacle, if there is one."""
        axes = np.eye(self.simulation.lattice.dimension).tolist()
        return {f"force {'xyz'[k]}": Force(self.obstacle, tuple(axis)) for k, axis in enumerate(axes)} if self.obstacle else {}

    @property
    def recorded(self) -> dict[str, Force]:
        """All components of the force on the obstacle, if there is one."""
        return self.monitored

    @property
    def reference_pressure(self) -> float:
        """Pressure that corresponds to the lattice density 1: 0."""
        return 0.0

    def require_valid(self) -> None:
        """Raises SimulationError for an obstacle that the simulation does not have."""
        names = [each.name for each in self.simulation.obstacles]
        if self.obstacle and self.obstacle not in names:
            raise SimulationError(f"there is no obstacle {self.obstacle!r}: use one of {', '.join(names) or 'none'}")

    def require_movable(self) -> TriangleMesh:
        """Returns the surface of the obstacle. Raises SimulationError without an obstacle, or if its wall is on links."""
        movable = {each.name for each in self.simulation.solids.geometry}
        if self.obstacle not in movable:
            raise SimulationError(
                f"the obstacle is {self.obstacle!r}, which cannot be moved: name one of {', '.join(movable) or 'none'} "
                "(obstacles with wall=SolidFraction())"
            )
        return next(each.mesh for each in self.simulation.obstacles if each.name == self.obstacle)

    def require_place(self, points: np.ndarray) -> None:
        """Accepts all points."""

    def require_rebuild(self) -> None:
        """Raises SimulationError: the walls of an existing simulation are fixed."""
        raise SimulationError(
            "an existing simulation cannot be built again with another wall or other points: pass verify=None to DesignProblem"
        )

    def memory_error(self, shortage: str) -> SimulationError:
        """Error with the message as it is."""
        return SimulationError(shortage)

    def refined(self, factor: float) -> FlowSetup:
        """Raises SimulationError: the grid of an existing simulation is fixed."""
        raise SimulationError(f"an existing simulation cannot be refined by {factor:g}: build another one on a finer box")

    def in_double_precision(self) -> FlowSetup:
        """Raises SimulationError: the precision of an existing simulation is fixed."""
        raise SimulationError("an existing simulation keeps its precision: build another one with precision=wp.float64")

    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns a flow of the simulation. Raises SimulationError for another wall or other points."""
        if wall is not None or points is not None:
            self.require_rebuild()
        return Flow(self, self.simulation)

"""Workload of a benchmark case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp

from ..grid import Domain
from ..solver import Simulation

SCALAR = 4
"""Bytes per number: all cases are fp32."""


@dataclass(frozen=True, eq=False)
class BenchWork:
    """Repeatable burst, and its size."""

    burst: Callable[[], None]
    steps: int
    """Number of lattice steps per burst."""
    cells: int
    """Number of fluid cells."""
    moved: float
    """Bytes that must be read and written per cell and step."""
    bytes_per_cell: float
    """Memory of all arrays per cell of a tile [bytes]."""
    note: str
    reference: "BenchWork | None" = None
    """Reference of the relative speed; None: the periodic box."""
    reference_name: str = "its forward steps"
    """Name of the reference in reports."""
    recordable: bool = True
    """Whether CUDA can record a burst as a graph, since it is short and only launches kernels; if not, it must be warm."""

    @property
    def updates(self) -> int:
        """Number of fluid cell updates per burst."""
        return self.steps * self.cells


def steps_of(simulation: Simulation) -> Callable[[], None]:
    """A pair of steps of the simulation's own state."""
    return lambda: simulation.state.advance(simulation.stepper, 2)


def forward(
    simulation: Simulation, note: str, reference: BenchWork | None = None, reference_name: str = "its forward steps"
) -> BenchWork:
    """Workload of forward steps: each population is read once and written once."""
    return BenchWork(
        burst=steps_of(simulation), steps=2, cells=simulation.domain.fluid_cells,
        moved=2 * SCALAR * simulation.physics.size,
        bytes_per_cell=bytes_per_cell(simulation), note=note, reference=reference, reference_name=reference_name,
    )


def bytes_per_cell(simulation: Simulation, *others: object) -> float:
    """Memory of all arrays of a simulation, its domain and others, per cell of a tile."""
    domain = simulation.domain
    owners = (simulation.state, simulation.walls, simulation.solids, simulation.fields, domain, *others)
    arrays = [*simulation.passes.arrays.values(), *(value for owner in owners for value in vars(owner).values())]
    held = {id(value): value for value in arrays}
    return sum(map(_bytes, held.values())) / (domain.tile_count * domain.cells_per_tile)


def _bytes(value: Any) -> int:
    if isinstance(value, wp.array):
        return value.capacity
    if isinstance(value, np.ndarray):
        return value.nbytes
    return value.get_grid_info().size_in_bytes if isinstance(value, wp.Volume) else 0


def fill(domain: Domain) -> float:
    """Fraction of the bounding box's cells that are fluid."""
    return domain.fluid_cells / float(np.prod(domain.shape, dtype=np.float64))

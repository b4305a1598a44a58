"""Something that a bench times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp

from ..grid import Domain
from ..solver import Simulation

SCALAR = 4
"""Bytes of a number: all rows are fp32."""


@dataclass(frozen=True, eq=False)
class BenchWork:
    """A burst that can be repeated, and what it does."""

    burst: Callable[[], None]
    steps: int
    """Steps of the lattice in a burst."""
    cells: int
    """Fluid cells."""
    moved: float
    """Bytes that must be read and written for each cell of a step."""
    bytes_per_cell: float
    """Memory of all arrays over the cells of all tiles."""
    note: str
    reference: "BenchWork | None" = None
    """What the speed is compared with; None: the periodic box."""
    reference_name: str = "its forward steps"
    """What a report calls the reference."""
    recordable: bool = True
    """Whether a burst is short and launches alone, so that CUDA can record it as a graph; if not, it must be warm."""

    @property
    def updates(self) -> int:
        """Updates of fluid cells in a burst."""
        return self.steps * self.cells


def steps_of(simulation: Simulation) -> Callable[[], None]:
    """Two steps, from the state to another array and back."""
    other = simulation.new_state()

    def burst() -> None:
        simulation.advance(simulation.state, other, 0)
        simulation.advance(other, simulation.state, 0)

    return burst


def forward(
    simulation: Simulation, note: str, reference: BenchWork | None = None, reference_name: str = "its forward steps"
) -> BenchWork:  # fmt: skip
    """Steps of a simulation: each population is read once and written once."""
    return BenchWork(
        burst=steps_of(simulation), steps=2, cells=simulation.domain.fluid_cells,
        moved=2 * SCALAR * simulation.physics.size,
        bytes_per_cell=bytes_per_cell(simulation), note=note, reference=reference, reference_name=reference_name,
    )  # fmt: skip


def bytes_per_cell(simulation: Simulation, *others: object) -> float:
    """Memory of all arrays that a simulation, its domain and others hold, over the cells of all tiles."""
    domain = simulation.domain
    owners = (simulation, simulation.walls, simulation.fields, domain, *others)
    held = {id(value): value for owner in owners for value in vars(owner).values()}
    return sum(map(_bytes, held.values())) / (domain.tile_count * domain.cells_per_tile)


def _bytes(value: Any) -> int:
    if isinstance(value, wp.array):
        return value.capacity
    if isinstance(value, np.ndarray):
        return value.nbytes
    return value.get_grid_info().size_in_bytes if isinstance(value, wp.Volume) else 0


def fill(domain: Domain) -> float:
    """Fluid cells over the cells of the bounding box."""
    return domain.fluid_cells / float(np.prod(domain.shape, dtype=np.float64))

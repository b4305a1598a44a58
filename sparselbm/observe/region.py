"""The cells over which an observable is summed."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import reduce
from operator import mul

import numpy as np

from ..kernels.cell import Cell
from ..layout import EDGE
from ..solver import Simulation


class Region(ABC):
    """Set of cells: a frozen value. Solid cells and cells outside the fluid never count."""

    @abstractmethod
    def tiles(self, simulation: Simulation) -> np.ndarray:
        """Indices of the tiles that hold all cells of the region; looked up again whenever the geometry has changed.

        Raises ValueError for a region that the simulation does not have.
        """

    @abstractmethod
    def share(self, cell: Cell):
        """1 in cells of the region, 0 elsewhere."""


@dataclass(frozen=True)
class Everywhere(Region):
    """All fluid cells."""

    def tiles(self, simulation):
        return np.arange(simulation.domain.tile_count)

    def share(self, cell):
        return 1.0


EVERYWHERE = Everywhere()


@dataclass(frozen=True)
class AtObstacle(Region):
    """The tiles that an obstacle touches, for integrands that are 0 away from it, such as the force on it."""

    obstacle: str

    def tiles(self, simulation):
        return simulation.passes.tiles_of(self.obstacle)

    def share(self, cell):
        return 1.0


@dataclass(frozen=True)
class Layer(Region):
    """One layer of cells across an axis."""

    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""

    def tiles(self, simulation):
        require_layer(simulation, self.axis, self.layer)
        return np.flatnonzero(simulation.domain.tiles[:, self.axis] == self.layer // EDGE)

    def share(self, cell):
        x = cell.position(self.axis)
        return cell.mask(x > self.layer - 0.5) * cell.mask(x < self.layer + 0.5)


@dataclass(frozen=True)
class CellBox(Region):
    """Cells whose centres lie in a box, such as the wake of a body."""

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    """Corners [cells from the domain's lower corner], one value per axis."""

    def tiles(self, simulation):
        domain, d = simulation.domain, simulation.lattice.dimension
        if not len(self.lower) == len(self.upper) == d:
            raise ValueError(f"the box from {self.lower} to {self.upper}: pass corners with {d} values, one per axis")
        first = domain.first_cells[:, :d]
        return np.flatnonzero(np.all((first < self.upper) & (first + EDGE > self.lower), axis=1))

    def share(self, cell):
        sides = [
            cell.mask(cell.centre(k) > low) * cell.mask(cell.centre(k) < high)
            for k, (low, high) in enumerate(zip(self.lower, self.upper, strict=True))
        ]
        return reduce(mul, sides)


def require_layer(simulation: Simulation, axis: int, layer: int) -> None:
    """Raises ValueError for an axis or a layer that the domain does not have."""
    domain = simulation.domain
    if not 0 <= axis < domain.dimension:
        raise ValueError(f"axis {axis}: the domain has the axes 0 to {domain.dimension - 1}")
    if not 0 <= layer < domain.shape[axis]:
        raise ValueError(f"layer {layer} along {'xyz'[axis]}: the domain has the layers 0 to {domain.shape[axis] - 1}")

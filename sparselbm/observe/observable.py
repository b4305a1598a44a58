"""What an objective is."""

from abc import ABC, abstractmethod

import numpy as np

from ..kernels.cell import Cell
from ..solver import Simulation
from ..trace.expression import Expression


class Observable(ABC):
    """A sum over cells, J(t) = sum_x h(x, t), of something that each cell knows: a frozen value with one formula."""

    @abstractmethod
    def integrand(self, cell: Cell) -> Expression:
        """h, from the members of `cell` [lattice units]."""

    @abstractmethod
    def tiles(self, simulation: Simulation) -> np.ndarray:
        """Indices of the tiles outside of which h is 0 now; asked for again whenever the geometry has changed."""

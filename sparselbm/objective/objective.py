"""What an objective is."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..cell import Cell
    from ..expression import Expression
    from ..simulation import Simulation


class Objective(ABC):
    """A sum over cells, J(t) = sum_x h(x, t), of something that each cell knows: a frozen value with one formula."""

    @abstractmethod
    def integrand(self, cell: "Cell") -> "Expression":
        """h, from the members of `cell` [lattice units]."""

    @abstractmethod
    def tiles(self, simulation: "Simulation") -> np.ndarray:
        """Indices of the tiles outside of which h is 0."""

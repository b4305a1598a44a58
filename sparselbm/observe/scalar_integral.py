"""How much of a scalar there is."""

from dataclasses import dataclass

import numpy as np

from .observable import Observable
from .open_share import open_share


@dataclass(frozen=True)
class ScalarIntegral(Observable):
    """Sum of (1 - eps) phi over the fluid [phi x cells^d]; phi is the named scalar."""

    scalar: str

    def integrand(self, cell):
        return open_share(cell) * cell.scalar(self.scalar)

    def tiles(self, simulation):
        return np.arange(simulation.domain.tile_count)

"""Where there is flow."""

import numpy as np

from .memory import tile_view
from .simulation import Simulation
from .solid import WHOLLY_SOLID


def open_cells(simulation: Simulation) -> np.ndarray:
    """Cells of the fluid that are not wholly solid, (n, cells) bool."""
    if simulation.solid is None:
        return simulation.walls.fluid
    return simulation.walls.fluid & (tile_view(simulation.domain, simulation.solid, 1)[:, 0] < WHOLLY_SOLID)

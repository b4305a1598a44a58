"""Where there is flow."""

import numpy as np

from .memory import tile_view
from .simulation import Simulation


def open_cells(simulation: Simulation) -> np.ndarray:
    """Cells of the fluid that are not all solid, (n, cells) bool: what is trapped in the others never settles and is no flow."""
    if simulation.solid is None:
        return simulation.walls.fluid
    return simulation.walls.fluid & (tile_view(simulation.domain, simulation.solid, 1)[:, 0] < 1.0)

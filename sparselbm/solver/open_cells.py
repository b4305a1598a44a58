"""Where there is flow."""


import numpy as np

from ..grid.memory import tile_view
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from .simulation_view import SimulationView


def open_cells(simulation: SimulationView) -> np.ndarray:
    """Cells of the fluid that are not wholly solid, (n, cells) bool."""
    if simulation.solid is None:
        return simulation.walls.fluid
    return simulation.walls.fluid & (tile_view(simulation.domain, simulation.solid, 1)[:, 0] < SOLID_THRESHOLD)

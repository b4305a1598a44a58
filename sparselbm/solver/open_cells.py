"""Where there is flow."""

from typing import TYPE_CHECKING

import numpy as np

from ..grid.memory import tile_view
from ..models.wall.partially_saturated import SOLID_THRESHOLD

if TYPE_CHECKING:
    from .simulation import Simulation


def open_cells(simulation: "Simulation") -> np.ndarray:
    """Cells of the fluid that are not wholly solid, (n, cells) bool."""
    if simulation.solid is None:
        return simulation.walls.fluid
    return simulation.walls.fluid & (tile_view(simulation.domain, simulation.solid, 1)[:, 0] < SOLID_THRESHOLD)

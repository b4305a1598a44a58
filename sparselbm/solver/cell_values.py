"""Values of the cells as a user gives them."""

import numpy as np

from ..errors import SimulationError
from ..grid import Domain


def cell_values(domain: Domain, name: str, values, *components: int) -> np.ndarray:
    """Values of every cell, (n, cells, *components), from any array that broadcasts to this shape; 0 where not finite.

    `name`: the quantity, for messages. Raises SimulationError where a value in the fluid is not finite.
    """
    whole = np.broadcast_to(values, (*domain.fluid.shape, *components))
    wrong = domain.fluid & ~np.isfinite(whole).reshape(*domain.fluid.shape, -1).all(axis=-1)
    if wrong.any():
        place = domain.cell_indices()[wrong][0]
        raise SimulationError(
            f"{name}: {whole[wrong][0]} at cell {tuple(place.tolist())}, one of {np.count_nonzero(wrong)} cells that are not "
            "finite; nothing was changed: give finite values in the fluid"
        )
    return np.where(np.isfinite(whole), whole, 0.0)

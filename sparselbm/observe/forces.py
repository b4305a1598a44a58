"""Forces on all obstacles at once."""

import numpy as np

from ..models.cell_label import obstacle_number
from ..solver import Simulation
from .evaluation import evaluate
from .force import Force


def forces_on_all(simulation: Simulation) -> dict[str, np.ndarray]:
    """Force of the fluid on every obstacle at the present state [lattice force], (d,) each.

    One pass over the tiles for any number of obstacles, unless links of several meet in a cell: then one pass each over
    the obstacle's own tiles. Equal to `Force` of each obstacle and axis.
    """
    names, d = simulation.physics.obstacles, simulation.lattice.dimension
    if simulation.physics.links_have_owners:
        axes = [tuple(e) for e in np.eye(d).tolist()]
        return {name: np.array([evaluate(Force(name, e), simulation) for e in axes]) for name in names}
    field = simulation.force_field().reshape(-1, d).astype(np.float64)
    if len(names) == 1:
        return {names[0]: field.sum(axis=0)}
    owner = obstacle_number(simulation.walls.host_labels()).reshape(-1)
    sums = np.stack([np.bincount(owner, weights=field[:, k], minlength=1 + len(names)) for k in range(d)], axis=1)
    return {name: sums[simulation.physics.obstacle_number(name)] for name in names}

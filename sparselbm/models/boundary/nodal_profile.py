"""A profile by its values at a few nodes: the design variables of an inlet."""

from dataclasses import dataclass

import numpy as np

from .profile import Profile


@dataclass(frozen=True)
class NodalProfile(Profile):
    """Factors that are linear between nodes along an axis across the flow, and constant beyond the ends:

        factor(s) = sum_k hat_k(s) v_k.

    d J / d v_k = sum over cells of hat_k d J / d factor: see `pullback`, which takes what `adjoint.Field` gives.

    Raises:
        ValueError: nodes that are not in order, or values that do not fit them.
    """

    axis: int
    """Across the flow: 0, 1 or 2."""
    nodes: tuple[float, ...]
    """Places [cells from the domain's lower corner], rising."""
    values: tuple[float, ...]
    """v: one factor per node."""

    def __post_init__(self):
        nodes, values = np.asarray(self.nodes, np.float64), np.asarray(self.values, np.float64)
        if len(nodes) < 2 or not (np.diff(nodes) > 0.0).all():
            raise ValueError(f"nodes are {self.nodes}, they must be at least 2 in rising order: sort them")
        if values.shape != nodes.shape or not np.isfinite(values).all():
            raise ValueError(
                f"values are {self.values} at {len(nodes)} nodes: pass one finite factor a node"
            )

    def factors(self, centres, shape, step):
        return self.weights(centres[:, self.axis]) @ np.asarray(self.values)

    def weights(self, places: np.ndarray) -> np.ndarray:
        """hat_k at places (n,) [cells], shape (n, nodes)."""
        return np.stack([np.interp(places, self.nodes, unit) for unit in np.eye(len(self.nodes))], axis=1)

    def pullback(self, cell_indices: np.ndarray, field_gradient: np.ndarray) -> np.ndarray:
        """d J / d v, (nodes,), from d J / d factor of every cell (n, cells), 0 away from the inlet.

        `cell_indices`: of every cell, (n, cells, d), as `Domain.cell_indices()` gives them.
        """
        here = field_gradient != 0.0
        return field_gradient[here] @ self.weights(cell_indices[here][:, self.axis] + 0.5)

"""Piecewise-linear profile given by values at nodes: the design variables of an inlet."""

from dataclasses import dataclass

import numpy as np

from .profile import Profile


@dataclass(frozen=True)
class NodalProfile(Profile):
    """Profile that is linear between nodes along an axis across the flow, and constant beyond the ends:

        factor(s) = sum_k hat_k(s) v_k.

    d J / d v_k = sum over points of hat_k d J / d factor: see `adjoint.NodalValues`.

    Raises:
        ValueError: nodes that are not in order, or values that do not fit them.
    """

    axis: int
    """Axis across the flow: 0, 1 or 2."""
    nodes: tuple[float, ...]
    """Node positions [cells from the domain's lower corner], ascending."""
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
        """Hat functions hat_k at positions (n,) [cells], shape (n, nodes)."""
        return np.stack([np.interp(places, self.nodes, unit) for unit in np.eye(len(self.nodes))], axis=1)

    def pullback(self, points: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Gradient d J / d v, (nodes,), from d J / d factor, (n, P), at points (n, d) [cells from the domain's lower corner]."""
        return gradient.sum(axis=1) @ self.weights(points[:, self.axis])

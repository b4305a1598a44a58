"""Level-set parametrisation: a smooth field with few variables, whose level is the wall."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from .spread import Spread


@dataclass(frozen=True)
class LevelSet(Spread):
    """Spline field phi(x) = sum_k B(x / h - k) x_k, with cubic B-splines on points h apart: twice differentiable.

    With a `Projection` after it, the level phi = threshold is the wall, and the projection sets the width of the transition;
    features smaller than h cannot occur. Source: Wang & Wang, Int. J. Numer. Methods Eng. 65 (2006) 2060, with splines
    instead of radial functions.
    """

    spacing: float
    """Spacing h [cells], at least 1."""

    def __post_init__(self):
        if not 1.0 <= self.spacing < np.inf:
            raise ValueError(f"{self}: the spacing must be at least 1 cell")

    def operator(self, cells: np.ndarray) -> LinearOperator:
        from scipy.sparse import csr_array

        place = (cells - cells.min(axis=0)) / self.spacing
        points = np.floor(place.max(axis=0)).astype(int) + 4
        columns, weights = np.zeros((len(cells), 1), dtype=int), np.ones((len(cells), 1))
        for axis, count in enumerate(points):
            first = np.floor(place[:, axis]).astype(int)
            ways = first[:, None] + np.arange(4)
            along = cubic(place[:, axis] - first)
            columns = (columns[:, :, None] * count + ways[:, None, :]).reshape(len(cells), -1)
            weights = (weights[:, :, None] * along[:, None, :]).reshape(len(cells), -1)
        rows = np.repeat(np.arange(len(cells)), columns.shape[1])
        shape = (len(cells), int(np.prod(points)))
        return aslinearoperator(csr_array((weights.ravel(), (rows, columns.ravel())), shape=shape))


def cubic(t: np.ndarray) -> np.ndarray:
    """Values of the four cubic B-splines that are non-zero at t in [0, 1) between two points, (..., 4); they sum to 1."""
    s = 1.0 - t
    return np.stack([s**3, 3 * t**3 - 6 * t**2 + 4, 3 * s**3 - 6 * s**2 + 4, t**3], axis=-1) / 6.0

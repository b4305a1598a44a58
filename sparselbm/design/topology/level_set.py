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
        from scipy.interpolate import BSpline
        from scipy.sparse import csr_array

        place = (cells - cells.min(axis=0)) / self.spacing
        points = np.floor(place.max(axis=0)).astype(int) + 4
        columns, weights = np.zeros((len(cells), 1), dtype=int), np.ones((len(cells), 1))
        for axis, count in enumerate(points):
            matrix = BSpline.design_matrix(place[:, axis], np.arange(-3.0, count + 1.0), 3)  # Four splines at each cell.
            ways, along = (part.reshape(-1, 4) for part in (matrix.indices, matrix.data))
            columns = (columns[:, :, None] * count + ways[:, None, :]).reshape(len(cells), -1)
            weights = (weights[:, :, None] * along[:, None, :]).reshape(len(cells), -1)
        rows = np.repeat(np.arange(len(cells)), columns.shape[1])
        shape = (len(cells), int(np.prod(points)))
        return aslinearoperator(csr_array((weights.ravel(), (rows, columns.ravel())), shape=shape))

"""Density filter of finite radius."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from .spread import Spread


@dataclass(frozen=True)
class ConeFilter(Spread):
    """Cone filter x~_i = sum_j w_ij x_j / sum_j w_ij, w_ij = R - |x_i - x_j| for cells closer than R; one variable per cell.

    Features much smaller than R are removed. Source: Bruns & Tortorelli, Comput. Methods Appl. Mech. Eng. 190 (2001) 3443.
    """

    radius: float
    """Radius R [cells], above 1, since no other cell is closer."""

    def __post_init__(self):
        if not 1.0 < self.radius < np.inf:
            raise ValueError(f"{self}: the radius must be above 1 cell; omit the filter for no filtering")

    def operator(self, cells: np.ndarray) -> LinearOperator:
        from scipy.sparse import coo_array, diags_array, eye_array
        from scipy.spatial import KDTree

        pairs = KDTree(cells).query_pairs(self.radius, output_type="ndarray")
        weight = self.radius - np.linalg.norm(cells[pairs[:, 0]] - cells[pairs[:, 1]], axis=1)
        half = coo_array((weight, (pairs[:, 0], pairs[:, 1])), shape=(len(cells), len(cells))).tocsr()
        weights = half + half.T + self.radius * eye_array(len(cells))
        return aslinearoperator(diags_array(1.0 / weights.sum(axis=1)) @ weights)

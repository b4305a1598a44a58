"""Density filter by a Helmholtz equation."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator

from .spread import Spread


@dataclass(frozen=True)
class HelmholtzFilter(Spread):
    """Helmholtz filter -r^2 lap x~ + x~ = x without flux through the sides of the designed cells; one variable per cell.

    r = R / (2 sqrt 3) corresponds to a cone of radius R; the amount is conserved, sum x~ = sum x, and the map is symmetric.
    The cost does not depend on R. Source: Lazarov & Sigmund, Int. J. Numer. Methods Eng. 86 (2011) 765.
    """

    radius: float
    """Radius R [cells], above 0."""

    def __post_init__(self):
        if not 0.0 < self.radius < np.inf:
            raise ValueError(f"{self}: the radius must be above 0; omit the filter for no filtering")

    def operator(self, cells: np.ndarray) -> LinearOperator:
        from scipy.sparse import coo_array, csgraph, csr_array, eye_array
        from scipy.sparse.linalg import splu
        from scipy.spatial import KDTree

        pairs = KDTree(cells).query_pairs(1.1, output_type="ndarray")  # Direct neighbours are at 1, diagonal ones at 1.4.
        n = len(cells)
        links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
        laplacian: csr_array = csgraph.laplacian(links + links.T)  # type: ignore[assignment]
        factors = splu((eye_array(n) + self.radius**2 / 12.0 * laplacian).tocsc())
        return LinearOperator((n, n), matvec=factors.solve, rmatvec=factors.solve, dtype=np.float64)  # type: ignore[call-arg]

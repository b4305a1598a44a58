"""Constraint that fixes points of the shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint
from .linear_equality import linear_equality


@dataclass(frozen=True, kw_only=True)
class FixedPoints(Constraint):
    """Fixed points p_i(x) = p_i(x_initial); give `indices` or `box`."""

    indices: tuple[int, ...] | None = None
    """Indices of mesh points."""
    box: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Lower and upper corner [m] of a box; the points of the undeformed mesh inside it are fixed."""
    tolerance: float = 1e-4
    """Displacement up to which a design counts as feasible, relative to the mesh's diagonal."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns as many equalities as design variables are eliminated (see `linear_equality`)."""
        from scipy.sparse import csr_array

        chosen = self._chosen(np.asarray(mesh.points))
        columns = (3 * chosen[:, None] + np.arange(3)).ravel()
        entries = (np.ones(len(columns)), (np.arange(len(columns)), columns))
        matrix = csr_array(entries, shape=(len(columns), 3 * len(mesh.points)))
        diagonal = float(np.linalg.norm(np.ptp(mesh.points, axis=0)))
        return linear_equality("FixedPoints", matrix, deformation, diagonal, self.tolerance)

    def _chosen(self, points: np.ndarray) -> np.ndarray:
        if (self.indices is None) == (self.box is None):
            raise ConstraintError(f"indices is {self.indices} and box is {self.box}: pass exactly one of them.")
        if self.box is not None:
            low, high = np.asarray(self.box, float)
            chosen = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
        else:
            chosen = np.unique(np.asarray(self.indices, dtype=np.int64))
        if len(chosen) == 0 or chosen[0] < 0 or chosen[-1] >= len(points):
            raise ConstraintError(
                f"FixedPoints selects {len(chosen)} points {chosen[:3]}... of {len(points)}: select at least "
                f"one, by indices from 0 to {len(points) - 1} or by a box that contains points of the mesh [m]."
            )
        return chosen

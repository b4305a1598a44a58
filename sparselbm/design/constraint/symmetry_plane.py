"""Mirror symmetry constraint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ConstraintError
from ...geometry import TriangleMesh
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint, Constraint
from .linear_equality import linear_equality


@dataclass(frozen=True, kw_only=True)
class SymmetryPlane(Constraint):
    """Mirror symmetry p_j(x) = M p_i(x) for every pair of points that mirror each other; M is the reflection."""

    axis: int
    """Axis normal to the plane: 0, 1 or 2."""
    position: float = 0.0
    """Position of the plane along the axis [m]."""
    match: float = 1e-5
    """Largest distance of a point from its mirror image in the undeformed mesh, relative to its diagonal."""
    tolerance: float = 1e-4
    """Asymmetry up to which a design counts as feasible, relative to the mesh's diagonal."""

    def bind(self, deformation: BoundDeformation, mesh: TriangleMesh) -> BoundConstraint:
        """Returns as many equalities as design variables are eliminated (see `linear_equality`)."""
        from scipy.sparse import csr_array

        if self.axis not in (0, 1, 2):
            raise ConstraintError(f"axis is {self.axis!r}: pass 0 for x, 1 for y or 2 for z.")
        points = np.asarray(mesh.points, np.float64)
        diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
        one, other = self._pairs(points, self.match * diagonal)
        rows, columns, entries, count = [], [], [], 0
        for axis in range(3):
            # A point on the plane is its own image: it may move within the plane but not leave it.
            held = np.arange(len(one)) if axis == self.axis else np.flatnonzero(one != other)
            number = count + np.arange(len(held))
            rows += [number, number]
            columns += [3 * one[held] + axis, 3 * other[held] + axis]
            entries += [np.ones(len(held)), np.full(len(held), 1.0 if axis == self.axis else -1.0)]
            count += len(held)
        where = (np.concatenate(rows), np.concatenate(columns))
        matrix = csr_array((np.concatenate(entries), where), shape=(count, points.size))
        return linear_equality("SymmetryPlane", matrix, deformation, diagonal, self.tolerance)

    def _pairs(self, points: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the points of each pair, the smaller first."""
        from scipy.spatial import KDTree

        mirrored = points.copy()
        mirrored[:, self.axis] = 2.0 * self.position - mirrored[:, self.axis]
        distance, image = KDTree(points).query(mirrored)
        alone = int(np.count_nonzero(distance > reach))
        if alone:
            raise ConstraintError(
                f"{alone} of {len(points)} points have no mirror image within {reach:.3g} m (worst "
                f"{distance.max():.3g} m): move the plane (position), raise match, or symmetrise the mesh."
            )
        image = np.asarray(image)
        one = np.flatnonzero(image >= np.arange(len(points)))
        return one, image[one]

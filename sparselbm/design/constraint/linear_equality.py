"""Reduction of many linear equalities on points to few independent ones on the design variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import ConstraintError
from ...geometry.deformation import BoundDeformation
from .constraint import BoundConstraint

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# More rows than this would need more adjoints of the deformation per iteration than the flow costs.
ROWS_LIMIT = 512
RANK_TOLERANCE = 1e-9
LINEAR_TOLERANCE = 1e-10


def linear_equality(
    name: str, matrix: csr_array, deformation: BoundDeformation, length: float, tolerance: float
) -> BoundConstraint:
    """Equality matrix (p(x) - p(x_initial)) / length = 0, for a sparse matrix (m, 3n) that acts on the points.

    There are usually far more rows m than design variables, so the rows are dependent. Dependent equalities make SLSQP
    fail, and a sum of squares has a zero gradient where it is satisfied, which makes multiplier methods fail. Therefore
    the rows are reduced to min(m, size) random combinations, and these by a singular value decomposition of their
    Jacobian to the independent ones. The set of feasible designs is unchanged, exactly so where points are linear in x.

    Raises:
        ConstraintError: if more than ROWS_LIMIT rows remain, or no design variable stays free.

    Source: Halko, Martinsson & Tropp, Finding structure with randomness (2011), section 4.
    """
    start, size, m = deformation.initial(), deformation.size, int(matrix.shape[0])  # type: ignore[index]
    rank = min(m, size)
    if rank > ROWS_LIMIT:
        raise ConstraintError(
            f"{name} gives {rank} equalities, above the limit of {ROWS_LIMIT}: fix the "
            "points by bounds with lower equal to upper instead."
        )
    rows = np.eye(m) if m == rank else np.random.default_rng(0).standard_normal((rank, m)) / np.sqrt(m)
    rows = rows @ matrix / length
    left, singular, right = np.linalg.svd(_pulled_back(deformation, start, rows), full_matrices=False)
    kept = singular > RANK_TOLERANCE * singular.max(initial=0.0)
    if np.count_nonzero(kept) == size:
        raise ConstraintError(f"{name} leaves none of the {size} design variables free: constrain fewer points.")
    rows, zero = left[:, kept].T @ rows, np.zeros(int(np.count_nonzero(kept)))
    if _same_everywhere(deformation, rows):
        constant = singular[kept, None] * right[kept]
        return BoundConstraint(
            name, zero, zero, lambda x: constant @ (x - start), lambda x: constant, tolerance, linear=True
        )
    target = rows @ deformation.points(start).ravel()

    def value(x: np.ndarray) -> np.ndarray:
        return rows @ deformation.points(x).ravel() - target

    def jacobian(x: np.ndarray) -> np.ndarray:
        return _pulled_back(deformation, x, rows)

    return BoundConstraint(name, zero, zero, value, jacobian, tolerance)


def _same_everywhere(deformation: BoundDeformation, rows: np.ndarray) -> bool:
    """Returns whether the Jacobian of the points is constant, tested with one random row; no adjoint is needed then."""
    if len(rows) == 0:
        return False
    rng, start = np.random.default_rng(1), deformation.initial()
    width = np.subtract(*reversed(deformation.bounds()))
    away = start + 0.01 * rng.uniform(size=start.shape) * np.where(np.isfinite(width), width, 1.0)
    row = (rng.standard_normal(len(rows)) @ rows)[None]
    here, there = _pulled_back(deformation, start, row), _pulled_back(deformation, away, row)
    return bool(np.abs(there - here).max() <= LINEAR_TOLERANCE * np.abs(here).max())


def _pulled_back(deformation: BoundDeformation, x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    pulled = [deformation.pullback(x, row.reshape(-1, 3)) for row in rows]
    return np.stack(pulled) if pulled else np.zeros((0, deformation.size))

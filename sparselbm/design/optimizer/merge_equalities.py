"""Merging of all linear equalities of a problem into one with independent rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import ConstraintError
from ..constraint.constraint import BoundConstraint
from .scaling import Scaling

RANK_TOLERANCE = 1e-9


def merge_equalities(constraints: Sequence[BoundConstraint], scaling: Scaling) -> tuple[BoundConstraint, ...]:
    """Returns the constraints with all linear equalities merged into one A z = b with orthonormal rows.

    Each of them has independent rows, but two may share some (a fixed point on a symmetry plane), and dependent
    equalities make SLSQP fail. With orthonormal rows, A^T (A z - b) is the projection.

    Raises:
        ConstraintError: if they contradict each other, or leave no variable free.
    """
    linear = [each for each in constraints if is_linear_equality(each)]
    if not linear:
        return tuple(constraints)
    names = ", ".join(each.name for each in linear)
    rows = scaling.rows(np.concatenate([each.jacobian(scaling.start) for each in linear]))
    miss = np.concatenate([each.value(scaling.start) - each.lower for each in linear])
    left, singular, right = np.linalg.svd(rows, full_matrices=False)
    kept = singular > RANK_TOLERANCE * singular.max(initial=0.0)
    left, singular, right = left[:, kept], singular[kept], right[kept]
    unmet = float(np.abs(miss - left @ (left.T @ miss)).max(initial=0.0))
    if unmet > min(each.tolerance for each in linear):
        raise ConstraintError(f"{names} contradict each other (residual {unmet:.2g}): remove one of them.")
    if len(right) == rows.shape[1]:
        raise ConstraintError(f"{names} leave none of the {rows.shape[1]} variables free: fix fewer points.")
    target = right @ scaling.scaled(scaling.start) - (left.T @ miss) / singular
    jacobian = np.zeros((len(right), scaling.start.size))
    jacobian[:, scaling.free] = right / scaling.width
    zero = np.zeros(len(right))
    merged = BoundConstraint(
        name=names,
        lower=zero,
        upper=zero,
        value=lambda x: right @ scaling.scaled(x) - target,
        jacobian=lambda x: jacobian,
        tolerance=min(each.tolerance for each in linear),
        linear=True,
    )
    return (merged, *(each for each in constraints if not is_linear_equality(each)))


def is_linear_equality(constraint: BoundConstraint) -> bool:
    """Whether all rows of a constraint are linear equalities."""
    return constraint.linear and len(constraint.lower) > 0 and bool(constraint.equal.all())

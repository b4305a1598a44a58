"""Matrices in the column convention: x_world = M [x, 1], with M of shape (4, 4).

USD multiplies row vectors from the left; the transposition is done only here.
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pxr import Gf


def column_matrix(matrix: Gf.Matrix4d, metres_per_unit: float = 1.0) -> np.ndarray:
    """Column matrix (4, 4) of a USD matrix, with its result scaled from stage units to metres."""
    result = np.array(matrix, dtype=np.float64).T
    result[:3] *= metres_per_unit
    return result


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Product M [x, 1] for every row x of `points`, shape (n, 3)."""
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def apply_inverse(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Solution x of M [x, 1] = p for every row p of `points`, shape (n, 3).

    Raises numpy.linalg.LinAlgError if the matrix is singular.
    """
    return np.linalg.solve(matrix[:3, :3], (points - matrix[:3, 3]).T).T


def is_mirrored(matrix: np.ndarray) -> bool:
    """Whether the matrix reverses the winding (negative determinant)."""
    return bool(np.linalg.det(matrix[:3, :3]) < 0.0)

"""Rigid placements as matrices, x -> R x + t, and the velocity between two of them."""

import numpy as np
from scipy.spatial.transform import Rotation


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """R x + t of points (n, 3)."""
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def rigid(rotation: np.ndarray, about: np.ndarray, to: np.ndarray) -> np.ndarray:
    """The placement x -> R (x - about) + to, (4, 4)."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = to - rotation @ about
    return matrix


def departure(matrix: np.ndarray) -> float:
    """How far a (4, 4) matrix is from rigid: the largest of |R^T R - 1|, and 2 for a mirror."""
    A = matrix[:3, :3]
    return float(np.abs(A.T @ A - np.eye(3)).max()) if np.linalg.det(A) > 0 else 2.0


def relative_rotation(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Rotation vector of R(after) R(before)^T, at most pi [radians], (3,)."""
    return Rotation.from_matrix(after[:3, :3] @ before[:3, :3].T).as_rotvec()


def between(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    """A placement on the way: t linear, R turning about one axis at one rate."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_rotvec(share * relative_rotation(before, after)).as_matrix() @ before[:3, :3]
    matrix[:3, 3] = (1.0 - share) * before[:3, 3] + share * after[:3, 3]
    return matrix

"""Poses as matrices of rigid transformations x -> R x + t, and rotations between them."""

import numpy as np
from scipy.spatial.transform import Rotation


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Transformed points R x + t, (n, 3)."""
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def rigid(rotation: np.ndarray, about: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Pose x -> R (x - about) + to, (4, 4)."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = to - rotation @ about
    return matrix


def departure(matrix: np.ndarray) -> float:
    """Deviation of a (4, 4) matrix from a rigid transformation: the largest of |R^T R - 1|, and 2 for a reflection."""
    A = matrix[:3, :3]
    return float(np.abs(A.T @ A - np.eye(3)).max()) if np.linalg.det(A) > 0 else 2.0


def relative_rotation(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Rotation vector of R(after) R(before)^T, at most pi [radians], (3,)."""
    return Rotation.from_matrix(after[:3, :3] @ before[:3, :3].T).as_rotvec()


def between(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    """Pose between two poses, exp(s log(A B^-1)) B, with s = `share` from 0 at B to 1 at A: a screw motion at a constant rate.

    It rotates about a fixed axis and moves along it, so that the hub of a rotor keeps its position wherever the axis lies;
    without a rotation it is a straight line. Source: Murray, Li & Sastry, A Mathematical Introduction to Robotic
    Manipulation (1994), section 2.3.
    """
    w = relative_rotation(before, after)
    whole, part = (Rotation.from_rotvec(s * w).as_matrix() for s in (1.0, share))
    along = np.linalg.solve(_mean_turn(w), after[:3, 3] - whole @ before[:3, 3])
    matrix = np.eye(4)
    matrix[:3, :3] = part @ before[:3, :3]
    matrix[:3, 3] = part @ before[:3, 3] + share * _mean_turn(share * w) @ along
    return matrix


def _mean_turn(w: np.ndarray) -> np.ndarray:
    """Mean V(w) of exp(s [w]x) over s from 0 to 1, (3, 3): the exponential of a twist (w, v) rotates by w and moves by V v."""
    angle = float(np.linalg.norm(w))
    cross = np.array([[0.0, -w[2], w[1]], [w[2], 0.0, -w[0]], [-w[1], w[0], 0.0]])
    second = (angle - np.sin(angle)) / angle**3 if angle > 1e-4 else 1.0 / 6.0
    return np.eye(3) + 0.5 * np.sinc(0.5 * angle / np.pi) ** 2 * cross + second * cross @ cross

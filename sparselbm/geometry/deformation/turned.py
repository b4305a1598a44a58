"""Deformation of a rotated body, for flows at an angle of attack."""

from dataclasses import dataclass
from typing import final

import numpy as np

from ..triangles import TriangleMesh
from .deformation import BoundDeformation, Deformation
from .rigid import rotation


@dataclass(frozen=True)
class Turned:
    """Deformation p = R (p_inner(x)) of a mesh that is rotated by R about the origin from the one of `inner`.

    A flow at an angle a is a body rotated by -a in a tunnel along the axis: the tunnel is built around
    `turned.mesh(mesh)`, and `Turned` takes the variables of `inner` there, the same for all angles.
    """

    inner: Deformation
    """Deformation of the mesh in its original orientation."""
    vector: tuple[float, float, float]
    """Rotation vector [rad]: its direction is the axis, its length the angle."""

    def mesh(self, mesh: TriangleMesh) -> TriangleMesh:
        """Returns the mesh as rotated in the tunnel."""
        return mesh.with_points(mesh.points @ self._matrix.T)

    def bind(self, mesh: TriangleMesh) -> "BoundTurned":
        """Returns the deformation of a mesh that `mesh` has rotated."""
        return BoundTurned(self.inner.bind(mesh.with_points(mesh.points @ self._matrix)), self._matrix)

    @property
    def _matrix(self) -> np.ndarray:
        return rotation(np.asarray(self.vector, dtype=np.float64))


@final
@dataclass(frozen=True, eq=False)
class BoundTurned:
    """Deformation whose points are rotated; created by `Turned.bind`."""

    inner: BoundDeformation
    matrix: np.ndarray
    """Rotation matrix R, shape (3, 3)."""

    @property
    def size(self) -> int:
        """Number of design variables."""
        return self.inner.size

    def initial(self) -> np.ndarray:
        """Variables that leave the mesh unchanged, shape (size,)."""
        return self.inner.initial()

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m], shape (n, 3)."""
        return self.inner.points(x) @ self.matrix.T

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """Gradient J^T R^T g, shape (size,)."""
        return self.inner.pullback(x, np.asarray(points_gradient, dtype=np.float64) @ self.matrix)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bounds of the variables, two arrays of shape (size,)."""
        return self.inner.bounds()

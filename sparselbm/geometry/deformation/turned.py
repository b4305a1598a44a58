"""The same deformation seen from a body that stands turned: for flows that come at an angle."""

from dataclasses import dataclass
from typing import final

import numpy as np

from ..triangles import TriangleMesh
from .deformation import BoundDeformation, Deformation
from .rigid import rotation


@dataclass(frozen=True)
class Turned:
    """p = R (p_inner(x)) for a mesh that stands turned by R about the origin against the one that `inner` was made for.

    A flow at an angle a is a body turned by -a in a tunnel along the axis: `turned.mesh(mesh)` is what the tunnel is
    built around, and `Turned` takes the variables of `inner` there, the same for all angles.
    """

    inner: Deformation
    """The deformation of the mesh as it was read."""
    vector: tuple[float, float, float]
    """Rotation vector [rad]: about its direction by its length."""

    def mesh(self, mesh: TriangleMesh) -> TriangleMesh:
        """The mesh as it stands in the tunnel."""
        return mesh.with_points(mesh.points @ self._matrix.T)

    def bind(self, mesh: TriangleMesh) -> "BoundTurned":
        """The deformation of a mesh that `mesh` has turned."""
        return BoundTurned(self.inner.bind(mesh.with_points(mesh.points @ self._matrix)), self._matrix)

    @property
    def _matrix(self) -> np.ndarray:
        return rotation(np.asarray(self.vector, dtype=np.float64))


@final
@dataclass(frozen=True, eq=False)
class BoundTurned:
    """A deformation whose points are turned; made by `Turned.bind`."""

    inner: BoundDeformation
    matrix: np.ndarray
    """R, shape (3, 3)."""

    @property
    def size(self) -> int:
        """Number of design variables."""
        return self.inner.size

    def initial(self) -> np.ndarray:
        """The variables that leave the mesh as it is, shape (size,)."""
        return self.inner.initial()

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m], shape (n, 3)."""
        return self.inner.points(x) @ self.matrix.T

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """J^T R^T g, shape (size,)."""
        return self.inner.pullback(x, np.asarray(points_gradient, dtype=np.float64) @ self.matrix)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of the variables, two arrays of shape (size,)."""
        return self.inner.bounds()

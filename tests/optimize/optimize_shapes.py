"""Stand-ins for the geometry package: a tetrahedron refined to a sphere, and a linear deformation of it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Mesh:
    points: np.ndarray
    faces: np.ndarray


@dataclass(frozen=True, eq=False)
class Linear:
    """points = base + sum over k of x_k mode_k; modes (size, n, 3)."""

    base: np.ndarray
    modes: np.ndarray
    limit: float = 0.5

    @property
    def size(self):
        return len(self.modes)

    def initial(self):
        return np.zeros(self.size)

    def points(self, x):
        return self.base + np.tensordot(x, self.modes, 1)

    def pullback(self, x, points_gradient):
        return np.tensordot(self.modes, points_gradient, 2)

    def bounds(self):
        return np.full(self.size, -self.limit), np.full(self.size, self.limit)


def sphere(refinements=3, radius=1.0):
    points = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], float) / np.sqrt(3)
    faces = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    for _ in range(refinements):
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        unique, inverse = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = (inverse.ravel() + len(points)).reshape(3, -1)
        a, b, c = faces.T
        faces = np.concatenate([np.stack(t, 1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
        middle = points[unique].mean(axis=1)
        points = np.concatenate([points, middle / np.linalg.norm(middle, axis=1, keepdims=True)])
    return Mesh(radius * points, faces)


def stretched(mesh):
    """Three variables: p_a -> (1 + x_a) p_a; the volume is V (1 + x_0)(1 + x_1)(1 + x_2)."""
    modes = np.zeros((3, *mesh.points.shape))
    for axis in range(3):
        modes[axis, :, axis] = mesh.points[:, axis]
    return Linear(mesh.points, modes)


def bumpy(mesh, size=6, seed=1):
    """Random smooth modes of degree 2 in the coordinates."""
    rng = np.random.default_rng(seed)
    x, y, z = mesh.points.T
    basis = np.stack([np.ones_like(x), x, y, z, x * y, y * z, z * x, x * x, y * y, z * z], axis=1)
    return Linear(mesh.points, np.einsum("nb,kbc->knc", basis, 0.3 * rng.standard_normal((size, 10, 3))))

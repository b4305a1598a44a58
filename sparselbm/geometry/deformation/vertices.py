"""Free vertices with a smoothing that makes gradients usable."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ...errors import GeometryError, require_positive
from ..triangles import TriangleMesh
from .deformation import LinearDeformation, require_limit


@dataclass(frozen=True)
class FreeVertices:
    """Vertex displacement p = p0 + (M + l^2 K)^-1 M v, with v (n, 3) [m] the variables, flattened point by point.

    K is the cotangent Laplacian of the surface, M its lumped mass (a third of the area around a vertex) and l the smoothing
    length: ripples of wavelength L are damped by 1 + (2 pi l / L)^2. The gradient with respect to v is a Sobolev (H1)
    gradient, without the noise of single vertices. Translations are unchanged (K 1 = 0). With u = M^-1 (M + l^2 K) p,
    hence v = u - u_0, these are the differential coordinates of Nicolet, Jacobson and Jakob, ACM Trans. Graph. 40
    (2021) 248, in the metric of the surface instead of its connectivity.
    Source: Jameson and Vassberg, AIAA 2000-0667; Pinkall and Polthier, Exp. Math. 2 (1993) 15 (cotangents).

    Raises:
        GeometryError: if smoothing_length or limit is not above 0.
    """

    smoothing_length: float
    """Smoothing length l [m]; 2 to 5 cells are good values."""
    limit: float = math.inf
    """Largest absolute value of a component of v [m]."""

    def __post_init__(self):
        require_positive("smoothing_length", self.smoothing_length, "m", GeometryError)
        require_limit("limit", self.limit)

    def bind(self, mesh: TriangleMesh) -> LinearDeformation:
        """Returns the smoothing of this mesh, factorised once."""
        mass = lumped_mass(mesh)
        solve = splu(sp.csc_array(sp.diags_array(mass) + self.smoothing_length**2 * cotangent_laplacian(mesh))).solve

        def forward(x):
            return solve(mass[:, None] * x.reshape(-1, 3))

        def backward(g):
            return (mass[:, None] * solve(g)).reshape(-1)

        return LinearDeformation(mesh.points, mesh.points.size, forward, backward, self.limit)


def lumped_mass(mesh: TriangleMesh) -> np.ndarray:
    """Third of the area around each vertex [m^2], shape (n,); vertices without faces get the mean."""
    shares = np.repeat(np.linalg.norm(mesh.area_vectors, axis=1) / 3.0, 3)
    mass = np.bincount(mesh.faces.reshape(-1), weights=shares, minlength=len(mesh.points))
    return np.where(mass > 0.0, mass, mass.mean())


def cotangent_laplacian(mesh: TriangleMesh) -> sp.csr_array:
    """Cotangent Laplacian K_ij = -(cot a_ij + cot b_ij) / 2 (angles opposite to edge ij), K_ii = -sum_j K_ij, (n, n).

    It is the stiffness matrix of linear finite elements on the surface: symmetric, positive semidefinite.
    """
    n = len(mesh.points)
    corners = mesh.points[mesh.faces]
    doubled = 2.0 * np.linalg.norm(mesh.area_vectors, axis=1)
    rows, columns, values = [], [], []
    for k in range(3):
        i, j = mesh.faces[:, (k + 1) % 3], mesh.faces[:, (k + 2) % 3]
        to_i, to_j = corners[:, (k + 1) % 3] - corners[:, k], corners[:, (k + 2) % 3] - corners[:, k]
        half_cotangent = 0.5 * np.einsum("fi,fi->f", to_i, to_j) / doubled
        rows += [i, j, i, j]
        columns += [j, i, i, j]
        values += [-half_cotangent, -half_cotangent, half_cotangent, half_cotangent]
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sp.coo_array(entries, shape=(n, n)).tocsr()

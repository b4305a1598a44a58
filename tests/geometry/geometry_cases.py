"""Cases shared by the tests of the solid fraction: tiles around a body, and eps with its tape."""

import numpy as np
import warp as wp
from scipy.interpolate import BSpline

from sparselbm.geometry import SolidFraction, SurfaceQuery, solid_fraction

SCALARS = {wp.vec3f: wp.float32, wp.vec3d: wp.float64}


def tile_block(low, high, dimension):
    """Coordinates of all tiles from low to high (exclusive) along each axis, int32, shape (t, 3)."""
    axes = [np.arange(low, high)] * dimension + [np.zeros(1, dtype=int)] * (3 - dimension)
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.int32)


def cell_centres(coords, dimension, voxel_size=1.0, origin=(0.0, 0.0, 0.0)):
    """Centres of the cells of the tiles in their order [m], shape (t, 8^d, 3)."""
    axes = [np.arange(8)] * dimension + [np.zeros(1, dtype=int)] * (3 - dimension)
    inner = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    return np.asarray(origin) + (8 * coords[:, None, :] + inner + 0.5) * voxel_size


SPLINE = BSpline.basis_element(np.arange(-2.0, 3.0), extrapolate=False)
"""The cubic B-spline about 0, by SciPy; NaN beyond 2."""
_BEHIND = SPLINE.antiderivative()


def share(phi):
    """eps at a signed distance [cells], by SciPy's spline: what of it lies beyond phi."""
    return _BEHIND(2.0) - _BEHIND(np.clip(phi, -2.0, 2.0))


class Case:
    """A mesh in a block of tiles; `eps(points)` evaluates, `gradient(weights)` the last one."""

    def __init__(
        self,
        mesh,
        coords,
        device,
        *,
        width=1.0,
        dimension=3,
        dtype=wp.vec3d,
        voxel_size=1.0,
        origin=(0, 0, 0),
    ):
        self.mesh, self.coords, self.device, self.dtype = mesh, coords, device, dtype
        self.option, self.cells = SolidFraction(width), 8**dimension
        self.query = SurfaceQuery(mesh, device=device)
        self.grid = {
            "tile_ids": wp.array(np.arange(len(coords)), dtype=wp.int32, device=device),
            "tile_coords": wp.array(coords, dtype=wp.vec3i, device=device),
            "dimension": dimension,
            "voxel_size": voxel_size,
            "origin": origin,
        }

    def eps(self, points=None):
        """Solid fractions, shape (t, cells)."""
        values = self.mesh.points if points is None else points
        self.points = wp.array(values, dtype=self.dtype, device=self.device, requires_grad=True)
        size = (len(self.coords) + 1) * self.cells
        self.out = wp.zeros(size, dtype=SCALARS[self.dtype], device=self.device, requires_grad=True)
        self.tape = wp.Tape()
        with self.tape:
            solid_fraction(self.option, self.points, self.query, out=self.out, **self.grid)
        return self.out.numpy()[: -self.cells].reshape(-1, self.cells).astype(np.float64)

    def gradient(self, weights):
        """Gradient of sum(weights * eps) in the points, shape (n, 3)."""
        seed = np.concatenate([weights.reshape(-1), np.zeros(self.cells)])
        self.tape.backward(grads={self.out: wp.array(seed, dtype=self.out.dtype, device=self.device)})
        return self.points.grad.numpy().astype(np.float64)

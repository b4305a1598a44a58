"""Free-form deformation (FFD) by a lattice of control points around the body."""

import functools
import math
import operator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import comb

from ...errors import GeometryError
from ..triangles import TriangleMesh
from .deformation import LinearDeformation, require_limit

FEWEST, MOST = 2, 16
"""Smallest and largest number of control points along an axis."""


@dataclass(frozen=True)
class LatticeSide:
    """Layers of control points at one side of the lattice."""

    axis: int
    """Axis normal to the layers: 0, 1 or 2."""
    upper: bool = False
    """Whether the layers are at the upper end of the axis."""
    layers: int = 1
    """Number of layers; 2 also fix the slope of the surface at that side of the lattice box."""


@dataclass(frozen=True)
class Mirror:
    """Symmetry plane of the deformation."""

    axis: int
    """Axis normal to the plane: 0, 1 or 2."""
    position: float | None = None
    """Position of the plane along the axis [m]; None: the middle of the mesh's bounding box."""


@dataclass(frozen=True)
class FFD:
    """Free-form deformation p = p0 + sum_ijk B_i(u) B_j(v) B_k(w) d_ijk, with control point displacements d_ijk [m].

    u, v, w from 0 to 1 are the coordinates of p0 in the lattice box, B_i(u) = C(l, i) u^i (1 - u)^(l - i) the
    Bernstein polynomials of degree l = shape - 1. The variables are the free displacements; zero leaves the mesh
    unchanged. An affine map of the control points applies the same map to the mesh.
    Source: Sederberg and Parry, SIGGRAPH 20 (1986) 151.

    Raises:
        GeometryError: if an axis has fewer than 2 control points, a side or mirror does not exist, or no control
            point is free.
    """

    shape: tuple[int, int, int] = (4, 4, 4)
    """Number of control points along x, y and z."""
    padding: float = 0.1
    """Distance between mesh and lattice on each side, relative to the longest side of the mesh."""
    fixed_sides: tuple[LatticeSide, ...] = ()
    """Layers of control points that do not move."""
    symmetry: Mirror | tuple[Mirror, ...] | None = None
    """Symmetry planes; the box is widened to be symmetric, and each plane halves the number of variables."""
    limit: float = math.inf
    """Largest displacement of a control point along an axis [m]."""
    corners: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Lower and upper corner of a lattice around part of the mesh [m]; points outside do not move, and `fixed_sides` of
    2 layers make the transition smooth. None: around the whole mesh, with `padding`."""

    def __post_init__(self):
        require_limit("limit", self.limit)
        if len(self.shape) != 3 or min(self.shape) < FEWEST or max(self.shape) > MOST:
            raise GeometryError(
                f"shape is {self.shape}, but must be three numbers of {FEWEST} to {MOST}: choose another lattice"
            )
        if not self.padding >= 0.0:
            raise GeometryError(f"padding is {self.padding}, but must be at least 0: choose a value of at least 0")
        if self.corners is not None and not np.all(np.less(*self.corners)):
            raise GeometryError(
                f"corners are {self.corners}, but the first must be below the second: pass them in order"
            )
        if len({mirror.axis for mirror in self.mirrors}) < len(self.mirrors):
            raise GeometryError(f"symmetry is {self.symmetry}, but each axis may have only 1 plane: remove one")
        for value in (*self.fixed_sides, *self.mirrors):
            if value.axis not in (0, 1, 2):
                raise GeometryError(f"the axis of {value} is {value.axis}, but must be 0, 1 or 2: choose x, y or z")
        if not self._free().any():
            raise GeometryError(f"fixed_sides leave none of {self.shape} control points free: fix fewer layers")

    def bind(self, mesh: TriangleMesh) -> LinearDeformation:
        """Returns the lattice around this mesh; memory is (points of the mesh) x (control points) x 8 B."""
        weights = self._weights(mesh)
        choice = self._choice()
        size = int(self._free().sum())

        def forward(x):
            return weights @ (choice @ x).reshape(-1, 3)

        def backward(g):
            return choice.T @ (weights.T @ g).reshape(-1)

        return LinearDeformation(mesh.points, size, forward, backward, self.limit)

    @property
    def mirrors(self) -> tuple[Mirror, ...]:
        """Symmetry planes, none to three."""
        if self.symmetry is None:
            return ()
        return (self.symmetry,) if isinstance(self.symmetry, Mirror) else self.symmetry

    def box(self, mesh: TriangleMesh) -> np.ndarray:
        """Lower and upper corner of the lattice [m], shape (2, 3)."""
        lower, upper = mesh.bounds
        margin = max(self.padding, 1.0e-9) * (upper - lower).max()
        lower, upper = (lower - margin, upper + margin) if self.corners is None else np.array(self.corners, np.float64)
        for mirror in self.mirrors:
            axis = mirror.axis
            middle = mesh.bounds[:, axis].mean() if mirror.position is None else mirror.position
            half = max(middle - lower[axis], upper[axis] - middle)
            lower[axis], upper[axis] = middle - half, middle + half
        return np.stack([lower, upper])

    def control_points(self, mesh: TriangleMesh) -> np.ndarray:
        """Positions of the control points [m], shape (*shape, 3)."""
        lower, upper = self.box(mesh)
        steps = np.stack(np.meshgrid(*(np.linspace(0.0, 1.0, n) for n in self.shape), indexing="ij"), axis=-1)
        return lower + steps * (upper - lower)

    def _weights(self, mesh: TriangleMesh) -> np.ndarray:
        """Weights B_i(u) B_j(v) B_k(w), shape (n, control points)."""
        lower, upper = self.box(mesh)
        place = (mesh.points - lower) / (upper - lower)
        inside = np.all((place >= 0.0) & (place <= 1.0), axis=1)
        if not inside.any():
            raise GeometryError(f"no point of the mesh lies in the lattice {lower} to {upper} m: move its corners")
        u, v, w = (bernstein(place[:, axis], count) for axis, count in enumerate(self.shape))
        return np.einsum("p,pi,pj,pk->pijk", inside, u, v, w).reshape(len(place), -1)

    def _free(self) -> np.ndarray:
        """Mask of the displacement components that are variables, shape (*shape, 3), bool.

        Among mirrored points these are the lower ones; points on the mirror plane stay on it.
        """
        free = np.ones((*self.shape, 3), dtype=bool)
        for side in self.fixed_sides:
            layer = np.arange(self.shape[side.axis])
            kept = layer >= self.shape[side.axis] - side.layers if side.upper else layer < side.layers
            np.moveaxis(free, side.axis, 0)[kept] = False
        for mirror in self.mirrors:
            free &= np.flip(free, mirror.axis)
        for mirror in self.mirrors:
            axis, count = mirror.axis, self.shape[mirror.axis]
            layers = np.moveaxis(free, axis, 0)
            layers[(count + 1) // 2 :] = False
            if count % 2:
                layers[count // 2, ..., axis] = False
        return free

    def _choice(self) -> sp.csr_array:
        """Matrix from the variables to all displacements: unit columns and their mirror images."""
        free = self._free()
        index, sign = np.arange(free.size).reshape(free.shape), np.ones(free.shape)
        columns = np.arange(free.sum())
        images = [(index, sign)]
        for mirror in self.mirrors:
            images += [self._mirrored(mirror, *image) for image in images]
        parts = (_units(place[free], columns, signs[free], free.size) for place, signs in images)
        return functools.reduce(operator.add, parts)

    def _mirrored(self, mirror: Mirror, index: np.ndarray, sign: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Index of the mirror image of each displacement, and its sign; points on the plane have no image."""
        axis, count = mirror.axis, self.shape[mirror.axis]
        turned = sign.copy()
        turned[..., axis] *= -1.0
        np.moveaxis(turned, axis, 0)[count // 2 : (count + 1) // 2] = 0.0
        return np.flip(index, axis), turned


def bernstein(t: np.ndarray, count: int) -> np.ndarray:
    """All Bernstein polynomials of degree count - 1 at t (k,), shape (k, count)."""
    degree, i = count - 1, np.arange(count)
    return comb(degree, i) * t[:, None] ** i * (1.0 - t[:, None]) ** (degree - i)


def _units(rows, columns, values, height: int) -> sp.csr_array:
    return sp.coo_array((values, (rows, columns)), shape=(height, len(columns))).tocsr()

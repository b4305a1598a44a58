"""Intersections of links with a surface, differentiable with respect to the corners of the faces."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import warp as wp

from ..layout import TileLayout
from ..layout.warp_functions import cell_offset
from .distance import SurfaceQuery
from .triangles import TriangleMesh

BEYOND = wp.constant(1.0e-4)
"""Fraction by which the ray of a link is extended at both ends, so that it meets a surface through a cell's centre."""

_MIN_SHARE = 1e-6
"""Smallest link distance: 0 stands for no cut."""


@dataclass(frozen=True, eq=False)
class LinkCuts:
    """Links of some tiles that a surface cuts, and the first face that each of them meets."""

    mesh: TriangleMesh
    places: np.ndarray
    """Index of each link in a flat array `[k][Q][cell]` over the k tiles, (m,)."""
    hit: np.ndarray
    """Index of the face that each link meets first, (m,)."""
    first_cells: np.ndarray
    """Index of the first cell of each tile, (k, 3)."""
    velocities: np.ndarray
    """Velocities c_q, (Q, 3); the link of q leads from a centre x along -c_q."""
    dimension: int
    """Number of dimensions, 2 or 3."""
    voxel_size: float
    """[m]."""
    origin: np.ndarray
    """Lower corner of the cell (0, 0, 0) [m], (3,)."""

    def only(self, selected: np.ndarray) -> "LinkCuts":
        """Returns the subset of links for which `selected`, (m,) bool, is true."""
        return replace(self, places=self.places[selected], hit=self.hit[selected])

    def shares(self) -> np.ndarray:
        """Link distances delta = (a - x) . n / (l . n) to the plane of the face, as a fraction of the link l, (m,), in (0, 1].

        a is a corner of the face and n its normal. Computed in fp64; the fp32 ray only selects the face.
        """
        x, link = self._links()
        a, _, _, n = self._faces()
        along = np.einsum("ij,ij->i", link, n)
        share = np.einsum("ij,ij->i", a - x, n) / np.where(along == 0.0, np.inf, along)
        return np.clip(share, _MIN_SHARE, 1.0)

    def pullback(self, adjoint: np.ndarray) -> np.ndarray:
        """Gradient d J / d points [1 / m], (n, 3), from d J / d delta, (m,): d delta / d p_k = b_k n / (l . n).

        b_k are the barycentric weights of the corners at the intersection. The faces and links are treated as fixed.
        """
        x, link = self._links()
        a, b, c, n = self._faces()
        share, along = self.shares(), np.einsum("ij,ij->i", link, n)
        inner = (share > _MIN_SHARE) & (share < 1.0)
        slope = np.where(inner, adjoint, 0.0) / np.where(inner, along, 1.0)
        y, square = x + share[:, None] * link - a, np.einsum("ij,ij->i", n, n)
        second = np.einsum("ij,ij->i", np.cross(y, c - a), n) / square
        third = np.einsum("ij,ij->i", np.cross(b - a, y), n) / square
        weights = np.stack([1.0 - second - third, second, third], axis=1)
        given = (slope[:, None] * weights)[:, :, None] * n[:, None]
        corners, count = self.mesh.faces[self.hit].ravel(), len(self.mesh.points)
        return np.stack([np.bincount(corners, given[..., k].ravel(), minlength=count) for k in range(3)], axis=1)

    def _links(self) -> tuple[np.ndarray, np.ndarray]:
        """Centres x and links l = -c_q h [m], each (m, 3)."""
        layout = TileLayout(self.dimension)
        tile, q, cell = np.unravel_index(self.places, (len(self.first_cells), len(self.velocities), layout.cells))
        offsets = np.zeros((layout.cells, 3), dtype=np.int32)
        offsets[:, : self.dimension] = layout.offsets
        x = self.origin + (self.first_cells[tile] + offsets[cell] + 0.5) * self.voxel_size
        return x, -self.voxel_size * self.velocities[q]

    def _faces(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Corners of the faces [m] and (b - a) x (c - a), each (m, 3)."""
        a, b, c = self.mesh.points[self.mesh.faces[self.hit]].swapaxes(0, 1)
        return a, b, c, np.cross(b - a, c - a)


def link_cuts(
    query: SurfaceQuery, mesh: TriangleMesh, *, first_cells: np.ndarray, velocities: Sequence[Sequence[int]], dimension: int,
    voxel_size: float, origin: Sequence[float],
) -> LinkCuts:
    """Finds the links of some tiles that a surface cuts. `query` has the faces of `mesh` at its current points.

    `first_cells`: index of the first cell of each tile, (k, 3). A ray is cast from each centre along each link, and the
    first face that it meets counts. In two dimensions the rays lie in the plane of the cell centres.
    """
    cells, Q = TileLayout(dimension).cells, len(velocities)
    padded = np.zeros((Q, 3), dtype=np.int32)
    padded[:, :dimension] = velocities
    hit = wp.full((len(first_cells), Q, cells), value=-1, dtype=wp.int32, device=query.device)
    corner = np.asarray(origin, dtype=np.float64)
    wp.launch(
        _hit_kernel(), len(first_cells) * cells,
        inputs=[
            query.id, wp.array(first_cells, dtype=wp.vec3i, device=query.device),
            wp.array(padded, dtype=wp.vec3i, device=query.device), cells, dimension, float(voxel_size),
            wp.vec3d(*(corner - query.centre)),
        ],
        outputs=[hit], device=query.device, record_tape=False,
    )
    faces = hit.numpy().reshape(-1)
    places = np.flatnonzero(faces >= 0)
    return LinkCuts(mesh, places, faces[places], first_cells, padded, dimension, float(voxel_size), corner)


@functools.cache
def _hit_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def first_faces(
        mesh: wp.uint64, first_cells: wp.array(dtype=wp.vec3i), velocities: wp.array(dtype=wp.vec3i), cells: int,
        dimension: int, voxel_size: float, origin: wp.vec3d, faces: wp.array3d(dtype=wp.int32),
    ):
        thread = wp.tid()
        tile = thread // cells
        cell = thread % cells
        place = first_cells[tile] + cell_offset(cell, dimension)
        h = wp.float64(voxel_size)
        half = wp.float64(0.5)
        x = wp.vec3f(
            wp.float32(origin[0] + (wp.float64(place[0]) + half) * h),
            wp.float32(origin[1] + (wp.float64(place[1]) + half) * h),
            wp.float32(origin[2] + (wp.float64(place[2]) + half) * h),
        )
        for q in range(1, velocities.shape[0]):
            c = velocities[q]
            link = wp.vec3f(-wp.float32(c[0]), -wp.float32(c[1]), -wp.float32(c[2])) * voxel_size
            reach = wp.length(link)
            found = wp.mesh_query_ray(mesh, x - BEYOND * link, link / reach, (1.0 + 2.0 * BEYOND) * reach)
            if found.result:
                faces[tile, q, cell] = found.face

    return first_faces

"""Detection of faces of a surface that intersect each other."""

import functools

import numpy as np
import warp as wp

from . import topology
from .distance import SurfaceQuery
from .triangles import TriangleMesh


def crossing_faces(mesh: TriangleMesh, *, device=None) -> np.ndarray:
    """Returns whether each face intersects another one that shares no corner with it, shape (m,), bool.

    Corners at the same position count as one. Faces that share a corner may overlap undetected. Overlapping bodies in one
    surface intersect; the solid fraction treats them as their union, but a volume counts the overlap twice.
    """
    query = SurfaceQuery(mesh, device=device)
    corners = topology.weld(mesh.points)[mesh.faces].astype(np.int32)
    crossing = wp.zeros(len(mesh.faces), dtype=wp.bool, device=query.device)
    points = wp.array(mesh.points - query.centre, dtype=wp.vec3d, device=query.device)
    faces = wp.array(corners, dtype=wp.vec3i, device=query.device)
    wp.launch(_crossing_kernel(), len(faces), [query.id, points, faces], [crossing], device=query.device, record_tape=False)
    return crossing.numpy()


@wp.func
def _is_corner(point: wp.int32, face: wp.vec3i) -> wp.bool:
    return point == face[0] or point == face[1] or point == face[2]


@wp.func
def _cross(a: wp.vec3d, b: wp.vec3d, c: wp.vec3d, p: wp.vec3d, q: wp.vec3d, r: wp.vec3d) -> wp.bool:
    # Warp treats a corner as coplanar if its distance from the plane times twice the face's area is below 1e-6. The smaller
    # face is scaled to the area 1/2, so that the tolerance is relative to its size, in any unit of length.
    twice = wp.min(wp.length(wp.cross(b - a, c - a)), wp.length(wp.cross(q - p, r - p)))
    scale = wp.float64(1.0) / wp.sqrt(wp.max(twice, wp.float64(1.0e-300)))
    zero = wp.vec3d()
    return wp.intersect_tri_tri(
        zero, scale * (b - a), scale * (c - a), scale * (p - a), scale * (q - a), scale * (r - a)
    ) == 1


@functools.cache
def _crossing_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def cross(
        mesh: wp.uint64,
        points: wp.array(dtype=wp.vec3d),
        faces: wp.array(dtype=wp.vec3i),
        crossing: wp.array(dtype=wp.bool),
    ):
        i = wp.tid()
        f = faces[i]
        a, b, c = points[f[0]], points[f[1]], points[f[2]]
        low, high = wp.vec3f(wp.min(a, wp.min(b, c))), wp.vec3f(wp.max(a, wp.max(b, c)))
        # Margin, so that rounding to fp32 does not miss a neighbour.
        margin = 1.0e-6 * (wp.length(low) + wp.length(high)) * wp.vec3f(1.0, 1.0, 1.0)
        for j in wp.mesh_query_aabb(mesh, low - margin, high + margin):
            g = faces[j]
            apart = not (_is_corner(g[0], f) or _is_corner(g[1], f) or _is_corner(g[2], f))
            if apart and _cross(a, b, c, points[g[0]], points[g[1]], points[g[2]]):
                crossing[i] = True

    return cross

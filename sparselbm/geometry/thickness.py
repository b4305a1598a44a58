"""Thickness of the solid behind each face of a surface."""

import functools

import numpy as np
import warp as wp

from .distance import FAR, SurfaceQuery
from .triangles import TriangleMesh


def solid_behind(mesh: TriangleMesh, *, device=None) -> np.ndarray:
    """Distance [m] from the middle of each face straight inward to the next face, shape (m,); infinite if there is none.

    For a sheet this is the thickness, for a sphere the diameter; at a sharp edge it goes to 0. Faces must be wound outward.
    """
    query = SurfaceQuery(mesh, device=device)
    found = wp.empty(len(mesh.faces), dtype=wp.float32, device=query.device)
    # Beyond the face on which the ray starts, in fp32 precision.
    start = 1e-6 * float(np.linalg.norm(np.ptp(mesh.bounds, axis=0)))
    wp.launch(_thickness_kernel(), len(found), [query.id, start], [found], device=query.device, record_tape=False)
    return found.numpy().astype(np.float64)


@functools.cache
def _thickness_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def measure(mesh: wp.uint64, start: wp.float32, thickness: wp.array(dtype=wp.float32)):
        i = wp.tid()
        inward = -wp.mesh_eval_face_normal(mesh, i)
        middle = wp.mesh_eval_position(mesh, i, 1.0 / 3.0, 1.0 / 3.0)
        hit = wp.mesh_query_ray(mesh, middle + start * inward, inward, FAR)
        thickness[i] = wp.where(hit.result, start + hit.t, wp.inf)

    return measure

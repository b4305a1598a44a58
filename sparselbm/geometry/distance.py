"""Signed distance to a mesh and its closest faces, by the bounding volume hierarchy of `wp.Mesh`."""

import functools
from typing import final

import numpy as np
import warp as wp

from ..errors import GeometryError
from . import topology
from .triangles import TriangleMesh

FAR = wp.constant(1.0e18)
"""Search radius that finds every face [m]; its square is still a finite fp32."""


@final
class SurfaceQuery:
    """Mesh on a device, ready for closest-face and inside queries.

    Inside is where the winding number exceeds 0.5, so open and overlapping meshes work. The hierarchy is fp32 and stores
    points relative to the centre of the mesh's bounding box: distances are accurate to about 1e-7 of the box size,
    wherever the box is. Queries give no gradient with respect to the points: see `solid_fraction`.

    Args:
        mesh: the surface; queries never find degenerate faces, so `repair` it first.
        device: Warp device, the current one if None.
    """

    def __init__(self, mesh: TriangleMesh, *, device=None):
        self._device = wp.get_device(device)
        self._centre = mesh.bounds.mean(axis=0)
        self._closed = topology.is_closed(mesh.points, mesh.faces)
        self._faces = wp.array(mesh.faces, dtype=wp.int32, device=self._device)
        self._points = wp.array(mesh.points - self._centre, dtype=wp.vec3f, device=self._device)
        self._mesh = self._build()

    def _build(self) -> wp.Mesh:
        return wp.Mesh(self._points, self._faces.flatten(), support_winding_number=True)

    @property
    def id(self) -> int:
        """Identifier of the `wp.Mesh`, for kernels; changes with `rebuild`."""
        return self._mesh.id

    @property
    def device(self) -> wp.Device:
        """Device of the mesh."""
        return self._device

    @property
    def centre(self) -> np.ndarray:
        """Origin of the coordinates that the `wp.Mesh` uses [m], shape (3,)."""
        return self._centre.copy()

    @property
    def closed(self) -> bool:
        """Whether every edge has an even number of faces, so that the surface separates inside from outside."""
        return self._closed

    @property
    def faces(self) -> wp.array:
        """Corner indices, int32, shape (m, 3)."""
        return self._faces

    @property
    def point_count(self) -> int:
        """Number of points n."""
        return self._points.shape[0]

    def refit(self, points: np.ndarray | wp.array) -> None:
        """Moves the points to `points` [m], shape (n, 3) or (n,) of vec3f or vec3d; the tree of the hierarchy is
        unchanged.

        Cheap and always correct; after large changes of shape `rebuild` makes queries faster.
        Raises `GeometryError` if the number of points differs or a point is not finite.
        """
        values = np.asarray(points if isinstance(points, np.ndarray) else points.numpy(), dtype=np.float64)
        if values.shape != (self.point_count, 3):
            raise GeometryError(
                f"points have shape {values.shape}, but the query has {(self.point_count, 3)}: "
                "create a new SurfaceQuery when the number of points changes"
            )
        relative = values - self._centre
        if not np.isfinite(relative).all():
            bad = np.flatnonzero(~np.isfinite(relative).all(axis=1))
            raise GeometryError(
                f"{len(bad)} points are not finite, the first is point {bad[0]} = {values[bad[0]]}: "
                "use a shorter step in the optimiser"
            )
        self._points.assign(relative.astype(np.float32))
        self._mesh.refit()

    def rebuild(self, points: np.ndarray | wp.array) -> None:
        """Moves the points as `refit` does, and builds a new tree."""
        self.refit(points)
        self._mesh = self._build()

    def signed_distance(self, positions: np.ndarray) -> np.ndarray:
        """Signed distance [m] of positions (k, 3) [m] to the surface, negative inside the solid, shape (k,)."""
        distance, _, _ = self._measure(positions)
        return distance

    def closest(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Closest face (k,), and the barycentric weights of its corners at the closest point, shape (k, 3)."""
        _, face, weights = self._measure(positions)
        return face, weights

    def _measure(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        positions = np.asarray(positions, dtype=np.float64)
        if positions.ndim != 2 or positions.shape[1] != 3 or not np.isfinite(positions).all():
            raise GeometryError(
                f"positions have shape {positions.shape}, but must be (k, 3) and finite: check how they were computed"
            )
        count, device = len(positions), self._device
        where = wp.array(positions - self._centre, dtype=wp.vec3f, device=device)
        distance = wp.empty(count, dtype=wp.float32, device=device)
        face = wp.empty(count, dtype=wp.int32, device=device)
        weights = wp.empty(count, dtype=wp.vec3f, device=device)
        inputs, outputs = [self._mesh.id, where], [distance, face, weights]
        wp.launch(_measure_kernel(), count, inputs, outputs, device=device, record_tape=False)
        return distance.numpy().astype(np.float64), face.numpy(), weights.numpy().astype(np.float64)


@functools.cache
def _measure_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def measure(
        mesh: wp.uint64,
        positions: wp.array(dtype=wp.vec3f),
        distance: wp.array(dtype=wp.float32),
        face: wp.array(dtype=wp.int32),
        weights: wp.array(dtype=wp.vec3f),
    ):
        i = wp.tid()
        x = positions[i]
        found = wp.mesh_query_point_sign_winding_number(mesh, x, FAR)
        distance[i] = found.sign * wp.length(wp.mesh_eval_position(mesh, found.face, found.u, found.v) - x)
        face[i] = found.face
        weights[i] = wp.vec3f(found.u, found.v, 1.0 - found.u - found.v)

    return measure

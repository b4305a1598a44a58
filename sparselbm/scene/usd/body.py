"""Bodies: a closed or open surface in world metres, and the prims that its points come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.usd.transforms import apply, apply_inverse


@dataclass(frozen=True)
class PointInstance:
    """Copy drawn by a point instancer."""

    instancer: str
    """Path of the (outermost) point instancer."""
    index: int
    """Index of the copy in the instancer's arrays."""
    identifier: int
    """Entry of `ids`; the index if `ids` is not authored."""
    inner: tuple[int, ...] = ()
    """Indices in nested instancers within the prototype, outermost first."""


@dataclass(frozen=True, eq=False)
class Part:
    """Part of a body that comes from one prim."""

    path: str
    """Path of the mesh or gprim; of the mesh in the prototype if `instance` is set."""
    points: slice
    """Points of the prim in the body's mesh; for a mesh prim all of its points, in order."""
    faces: slice
    """Faces of the prim in the body's mesh."""
    local_to_world: np.ndarray
    """Transform from the prim's space and units to world metres, shape (4, 4), for column vectors."""
    needs_mesh: bool = False
    """Whether the prim cannot store these points, so that a separate mesh is needed: an analytic shape, a refined cage, a
    mesh posed by a skeleton."""
    instance: PointInstance | None = None
    """Point instancer copy of this part, if any."""
    topology_varies: bool = False
    """Whether the prim is a mesh whose faces change in time."""

    def to_world(self, points: np.ndarray) -> np.ndarray:
        """World positions [m] of points (n, 3) of the prim's own space."""
        return apply(self.local_to_world, points)

    def to_local(self, points: np.ndarray) -> np.ndarray:
        """Positions of world points (n, 3) [m] in the prim's own space."""
        return apply_inverse(self.local_to_world, points)


@dataclass(frozen=True, eq=False)
class Body:
    """Surface of a prim, or of everything below it."""

    path: str
    """Path of the requested prim."""
    mesh: TriangleMesh
    """Mesh in world space [m]; wound outward if the scene's is."""
    parts: tuple[Part, ...]
    """Parts from the individual prims, in the order of the mesh."""

    def require_fixed_topology(self) -> None:
        """Raises SceneError for a mesh whose faces change in time, since its points cannot be moved then."""
        for part in self.parts:
            if part.topology_varies:
                raise SceneError(
                    f"{part.path}: its faces change in time, which is not possible for a shape to be optimised; "
                    "keep one time sample of faceVertexCounts and faceVertexIndices"
                )


def merge(path: str, bodies: Iterable[Body]) -> Body:
    """Merges several bodies in their order; nothing is welded or united."""
    bodies = tuple(bodies)
    point_starts = np.cumsum([0] + [len(body.mesh.points) for body in bodies])
    face_starts = np.cumsum([0] + [len(body.mesh.faces) for body in bodies])
    mesh = TriangleMesh(
        np.concatenate([body.mesh.points for body in bodies]),
        np.concatenate([body.mesh.faces + np.int32(start) for body, start in zip(bodies, point_starts)]),
    )
    parts = tuple(
        replace(part, points=_shift(part.points, point_start), faces=_shift(part.faces, face_start))
        for body, point_start, face_start in zip(bodies, point_starts, face_starts)
        for part in body.parts
    )
    return Body(path, mesh, parts)


def _shift(span: slice, start: int) -> slice:
    return slice(int(span.start + start), int(span.stop + start))

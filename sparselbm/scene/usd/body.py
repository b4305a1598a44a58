"""A body: one closed or open surface in world metres, and the prims that its points came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.usd.transforms import apply, apply_inverse


@dataclass(frozen=True)
class PointInstance:
    """The copy that a point instancer drew."""

    instancer: str
    """Path of the (outermost) point instancer."""
    index: int
    """Place of the copy in the instancer's arrays."""
    identifier: int
    """Its entry of `ids`; the index where `ids` is not authored."""
    inner: tuple[int, ...] = ()
    """Its places in the instancers that stand in the prototype, outermost first."""


@dataclass(frozen=True, eq=False)
class Part:
    """The share of one prim in a body."""

    path: str
    """Path of the mesh or gprim; of the mesh in the prototype, where `instance` is given."""
    points: slice
    """Its points in the body's mesh; a mesh prim's points are all there, in their own order."""
    faces: slice
    """Its faces in the body's mesh."""
    local_to_world: np.ndarray
    """From the prim's own space and units to world metres, shape (4, 4), for column vectors."""
    needs_mesh: bool = False
    """True if the prim cannot hold these points, and a mesh beside it has to: an analytic shape, a cage that was refined, a
    mesh that a skeleton moves."""
    instance: PointInstance | None = None
    """The copy of a point instancer that this part is, if any."""
    topology_varies: bool = False
    """True if the prim is a mesh with other faces at other times."""

    def to_world(self, points: np.ndarray) -> np.ndarray:
        """World positions [m] of points (n, 3) of the prim's own space."""
        return apply(self.local_to_world, points)

    def to_local(self, points: np.ndarray) -> np.ndarray:
        """Positions in the prim's own space of world points (n, 3) [m]."""
        return apply_inverse(self.local_to_world, points)


@dataclass(frozen=True, eq=False)
class Body:
    """The surface of a prim, or of all that stands below it."""

    path: str
    """Path of the prim it was asked for by."""
    mesh: TriangleMesh
    """World space [m]; wound outward if the scene is."""
    parts: tuple[Part, ...]
    """What each prim gave, in the order of the mesh."""

    def require_fixed_topology(self) -> None:
        """Raises SceneError for a mesh whose faces change in time, for its points then have no place to go to."""
        for part in self.parts:
            if part.topology_varies:
                raise SceneError(
                    f"{part.path}: its faces change in time, those of a shape to be optimised may not; "
                    "keep one time sample of faceVertexCounts and faceVertexIndices"
                )


def merge(path: str, bodies: Iterable[Body]) -> Body:
    """One body of several, which keep their order; nothing is welded or united."""
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

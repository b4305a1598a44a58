"""Number of points of a scene, counted while it is traversed: few lines can describe more than fits into memory."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.arrays import MOST_POINTS
from sparselbm.scene.usd.meshes import expected_points

if TYPE_CHECKING:
    from pxr import Sdf, Usd


class PointCount:
    """Number of points that the prims of a stage have at one time, with copies and instances; the same mesh is counted once."""

    def __init__(self, time: Usd.TimeCode, segments: int, subdivision_levels: int):
        self._time, self._segments, self._levels = time, segments, subdivision_levels
        self._known: dict[Sdf.Path, int] = {}
        self._sum = 0

    def add(self, prim: Usd.Prim) -> None:
        """Adds a mesh or gprim. Raises SceneError for more than `MOST_POINTS` points in all."""
        self._sum += self._of(prim)
        if self._sum > MOST_POINTS:
            raise SceneError(
                f"{prim.GetPath()}: with this prim the scene has {self._sum:,} points, above the limit of {MOST_POINTS:,};"
                " decimate its meshes, read them with fewer subdivision levels, or deactivate some"
            )

    def _of(self, prim: Usd.Prim) -> int:
        if prim.GetTypeName() != "Mesh":
            return self._segments**2 // 2
        key = shared_path(prim)
        if key not in self._known:
            self._known[key] = expected_points(prim, self._time, self._levels)
        return self._known[key]


def shared_path(prim: Usd.Prim) -> Sdf.Path:
    """Path of the prim that all instances of a prim share."""
    return (prim.GetPrimInPrototype() if prim.IsInstanceProxy() else prim).GetPath()

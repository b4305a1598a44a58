"""Traversal of a stage: prims with geometry, their transforms, and the reasons for skipping others."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd import copies, gprims
from sparselbm.scene.usd.body import PointInstance
from sparselbm.scene.usd.point_count import PointCount
from sparselbm.scene.usd.report import Note
from sparselbm.scene.usd.stage import spoken
from sparselbm.scene.usd.transforms import column_matrix

if TYPE_CHECKING:
    from pxr import Gf, Sdf, Usd

PURPOSES = ("render", "proxy", "guide")
"""Purposes of which one is read beside `default`: render for a final rendering, proxy for simplified shapes."""

DRAWINGS_MARK = "sparselbm:drawings"
"""customData key of a branch of drawings, such as slices and streamlines, which are not bodies."""

MOST_PRIMS = 100_000
"""Largest number of prims visited, counting those in instances and copies each time: some seconds of traversal. A few
lines of USD can describe more than fits on any machine."""


@dataclass(frozen=True)
class Found:
    """Mesh or gprim to be read."""

    prim: Usd.Prim
    """Prim, valid as long as its stage."""
    body: str
    """Path of the body to which it belongs: its own, or that of the point instancer that draws it."""
    matrix: np.ndarray
    """Transform from the prim's space to world metres, shape (4, 4), for column vectors."""
    instance: PointInstance | None
    """Point instancer copy, if any."""


@dataclass(frozen=True)
class _Frame:
    """Inherited state of a prim during traversal."""

    purpose: str = "default"
    """Purpose of the closest ancestor with an authored one."""
    body: str | None = None
    """Path of the outermost point instancer above, if any."""
    instancers: tuple[str, ...] = ()
    """Paths of the point instancers being drawn, outermost first."""
    instance: PointInstance | None = None
    """Copy being drawn, if any."""
    prototype: Usd.Prim | None = None
    """Root of the prototype being drawn, if any."""
    placement: Gf.Matrix4d | None = None
    """Transform from the space of the prototype root to the world, if any."""
    drawn: int = 1
    """Number of copies of the prototype being drawn."""


class Walk:
    """Traversal of a stage at one time; the lists are filled in the order of the stage.

    `points`: counts the points of the prims. Raises SceneError for more prims than `MOST_PRIMS` or too many points, an
    inconsistent point instancer or one that is part of its own prototype, and a transform that USD cannot compute.
    """

    def __init__(self, stage: Usd.Stage, time: Usd.TimeCode, metres_per_unit: float, purpose: str, points: PointCount):
        from pxr import Usd, UsdGeom

        self._time, self._points = time, points
        self._purposes = ("default", purpose)
        self._metres_per_unit = metres_per_unit
        self._cache = UsdGeom.XformCache(time)
        self._all_prims = Usd.TraverseInstanceProxies(Usd.PrimAllPrimsPredicate)
        self._met = 0
        self.found: list[Found] = []
        self.skipped: dict[str, Note] = {}
        self.paths: dict[str, None] = {}
        """All prims visited, each once, in order."""
        self.skeletons: list[Sdf.Path] = []
        """Roots of skinned meshes."""
        # A list of iterators instead of recursion, since stages may be deeper than Python's stack.
        ahead = [self._children(stage.GetPseudoRoot(), _Frame())]
        while ahead:
            step = next(ahead[-1], None)
            if step is None:
                ahead.pop()
            else:
                ahead.append(self._visit(*step))

    def _children(self, prim: Usd.Prim, frame: _Frame) -> Iterator[tuple[Usd.Prim, _Frame]]:
        for child in prim.GetFilteredChildren(self._all_prims):
            yield child, frame

    def _visit(self, prim: Usd.Prim, frame: _Frame) -> Iterator[tuple[Usd.Prim, _Frame]]:
        """Records the prim if it is to be read; yields the prims to visit below it."""
        from pxr import UsdGeom, UsdSkel

        path = str(prim.GetPath())
        self.paths[path] = None
        self._met += 1
        _check_count(path, self._met)
        reason = self._refusal_of_branch(prim, in_prototype=frame.prototype is not None)
        if reason:
            self._skip(path, reason)
            return iter(())
        imageable = UsdGeom.Imageable(prim)
        if imageable and imageable.GetPurposeAttr().HasAuthoredValue():
            frame = replace(frame, purpose=imageable.GetPurposeAttr().Get())
        if prim.IsA(UsdGeom.PointInstancer):
            return self._draw_copies(prim, frame)
        if prim.IsA(UsdSkel.Root):
            self.skeletons.append(prim.GetPath())
        if prim.IsA(UsdGeom.Boundable):
            self._keep(prim, frame)
        return self._children(prim, frame)

    def _refusal_of_branch(self, prim: Usd.Prim, in_prototype: bool) -> str:
        """Reason for skipping this prim and everything below it; empty if there is none."""
        from pxr import UsdGeom

        if prim.GetCustomDataByKey(DRAWINGS_MARK):
            return "it contains drawings of a result"
        if not prim.IsActive():
            return "it is deactivated"
        if not prim.IsLoaded():
            return "its payload is not loaded"
        # Prototypes are often below an `over` or a `class`, so that nothing else draws them.
        if not in_prototype and prim.IsAbstract():
            return "it is a class: only prims that inherit from it are read"
        if not in_prototype and not prim.IsDefined():
            return "it is an `over` without a `def`"
        imageable = UsdGeom.Imageable(prim)
        if imageable and imageable.GetVisibilityAttr().Get(self._time) == "invisible":
            return "its visibility is invisible"
        return ""

    def _keep(self, prim: Usd.Prim, frame: _Frame) -> None:
        path = str(prim.GetPath())
        kind = prim.GetTypeName()
        if frame.purpose not in self._purposes:
            self._skip(path, f"its purpose is {frame.purpose}: only {' and '.join(self._purposes)} are read")
        elif kind != "Mesh" and kind not in gprims.TYPES:
            self._skip(path, f"a {kind or 'prim without type'} is not read as a surface: make it a Mesh")
        else:
            self._points.add(prim)
            matrix = column_matrix(self._matrix(prim, frame), self._metres_per_unit)
            self.found.append(Found(prim, frame.body or path, matrix, frame.instance))

    def _matrix(self, prim: Usd.Prim, frame: _Frame) -> Gf.Matrix4d:
        from pxr import Tf

        try:
            if frame.prototype is None:
                return self._cache.GetLocalToWorldTransform(prim)
            relative, _ = self._cache.ComputeRelativeTransform(prim, frame.prototype)
        except Tf.ErrorException as error:
            raise SceneError(
                f"{prim.GetPath()}: USD cannot compute its transform; check the xformOps on it and above: "
                f"{spoken(error)}"
            ) from error
        return relative * frame.placement

    def _draw_copies(self, prim: Usd.Prim, frame: _Frame) -> Iterator[tuple[Usd.Prim, _Frame]]:
        path = str(prim.GetPath())
        if path in frame.instancers:
            raise SceneError(f"{path}: this point instancer is part of its own prototype; draw it only once")
        count = copies.count(prim, self._time)
        _check_count(path, max(self._met + count, frame.drawn * count))
        drawn = copies.read(prim, self._time)
        each_drawn = Counter(copy.prototype.GetPath() for copy in drawn)
        if not drawn:
            self._skip(path, "it draws no copies: its protoIndices are empty")
        world = self._matrix(prim, frame)
        for copy in drawn:
            if copy.is_masked:
                self._skip(f"{path}[{copy.index}]", f"the copy with id {copy.identifier} is masked")
                continue
            yield copy.prototype, replace(
                frame,
                body=frame.body or path,
                instancers=(*frame.instancers, path),
                instance=_nested(frame.instance, PointInstance(path, copy.index, copy.identifier)),
                prototype=copy.prototype,
                placement=copy.transform * world,
                drawn=frame.drawn * each_drawn[copy.prototype.GetPath()],
            )
        for child in prim.GetFilteredChildren(self._all_prims):
            self._skip(str(child.GetPath()), f"only the copies of it that {path} draws are read")

    def _skip(self, path: str, reason: str) -> None:
        self.skipped.setdefault(path, Note(path, reason))


def _check_count(path: str, count: int) -> None:
    if count > MOST_PRIMS:
        raise SceneError(
            f"{path}: with it the scene has {count:,} prims and copies, above the limit of {MOST_PRIMS:,}; merge the copies into "
            "a mesh, or deactivate some"
        )


def _nested(outer: PointInstance | None, copy: PointInstance) -> PointInstance:
    """Identifies a nested copy by the outer one, since only that can be hidden on the stage."""
    return copy if outer is None else replace(outer, inner=(*outer.inner, copy.index))

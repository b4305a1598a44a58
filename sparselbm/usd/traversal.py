"""The walk over a stage: which prims give geometry, where they stand, and why others are left out."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.usd import gprims
from sparselbm.usd.body import PointInstance
from sparselbm.usd.report import Note
from sparselbm.usd.transforms import column_matrix

if TYPE_CHECKING:
    from pxr import Gf, Usd

DRAWN = ("default", "render")
"""Purposes that are read: what a final picture shows."""

DRAWINGS_MARK = "sparselbm:drawings"
"""customData of a branch of slices, streamlines and the like, which are no bodies."""


@dataclass(frozen=True)
class Found:
    """A mesh or gprim that counts."""

    prim: Usd.Prim
    """Alive as long as its stage."""
    body: str
    """Path of the body that it belongs to: its own, or that of the point instancer that draws it."""
    matrix: np.ndarray
    """From the prim's own space to world metres, shape (4, 4), for column vectors."""
    instance: PointInstance | None
    """The copy it is, if a point instancer draws it."""


@dataclass(frozen=True)
class _Frame:
    """What a prim inherits on the way down."""

    purpose: str = "default"
    """Purpose of the closest ancestor that has one authored."""
    body: str | None = None
    """Path of the point instancer above, if any."""
    instance: PointInstance | None = None
    """The copy being drawn, if any."""
    prototype: Usd.Prim | None = None
    """Root of the prototype being drawn, if any."""
    placement: Gf.Matrix4d | None = None
    """From the prototype root's own space to the world, if any."""


class Walk:
    """One walk over a stage at one time; the lists are filled in the order of the stage."""

    def __init__(self, stage: Usd.Stage, time: Usd.TimeCode, metres_per_unit: float):
        from pxr import Usd, UsdGeom

        self._time = time
        self._metres_per_unit = metres_per_unit
        self._cache = UsdGeom.XformCache(time)
        self._all_prims = Usd.TraverseInstanceProxies(Usd.PrimAllPrimsPredicate)
        self.found: list[Found] = []
        self.skipped: dict[str, Note] = {}
        self.paths: dict[str, None] = {}
        """Every prim met, once, in order."""
        for prim in stage.GetPseudoRoot().GetFilteredChildren(self._all_prims):
            self._visit(prim, _Frame())

    def _visit(self, prim: Usd.Prim, frame: _Frame) -> None:
        from pxr import UsdGeom

        path = str(prim.GetPath())
        self.paths[path] = None
        reason = self._refusal_of_branch(prim, in_prototype=frame.prototype is not None)
        if reason:
            self._skip(path, reason)
            return
        imageable = UsdGeom.Imageable(prim)
        if imageable and imageable.GetPurposeAttr().HasAuthoredValue():
            frame = replace(frame, purpose=imageable.GetPurposeAttr().Get())
        if prim.IsA(UsdGeom.PointInstancer):
            self._draw_copies(prim, frame)
            return
        if prim.IsA(UsdGeom.Boundable):
            self._keep(prim, frame)
        for child in prim.GetFilteredChildren(self._all_prims):
            self._visit(child, frame)

    def _refusal_of_branch(self, prim: Usd.Prim, in_prototype: bool) -> str:
        """Why neither this prim nor anything below it counts; empty if it does."""
        from pxr import UsdGeom

        if prim.GetCustomDataByKey(DRAWINGS_MARK):
            return "it holds the drawings of a result"
        if not prim.IsActive():
            return "it is deactivated"
        if not prim.IsLoaded():
            return "its payload is not loaded"
        # Prototypes often stand below an `over` or a `class`, so that nothing else draws them.
        if not in_prototype and prim.IsAbstract():
            return "it is a class: only what inherits from it counts"
        if not in_prototype and not prim.IsDefined():
            return "it is an `over` without a `def`"
        imageable = UsdGeom.Imageable(prim)
        if imageable and imageable.GetVisibilityAttr().Get(self._time) == "invisible":
            return "its visibility is invisible"
        return ""

    def _keep(self, prim: Usd.Prim, frame: _Frame) -> None:
        path = str(prim.GetPath())
        kind = prim.GetTypeName()
        if frame.purpose not in DRAWN:
            self._skip(path, f"its purpose is {frame.purpose}: only {' and '.join(DRAWN)} are read")
        elif kind != "Mesh" and kind not in gprims.TYPES:
            self._skip(path, f"a {kind or 'prim without type'} is no surface that is read: make it a Mesh")
        else:
            matrix = column_matrix(self._matrix(prim, frame), self._metres_per_unit)
            self.found.append(Found(prim, frame.body or path, matrix, frame.instance))

    def _matrix(self, prim: Usd.Prim, frame: _Frame) -> Gf.Matrix4d:
        if frame.prototype is None:
            return self._cache.GetLocalToWorldTransform(prim)
        relative, _ = self._cache.ComputeRelativeTransform(prim, frame.prototype)
        return relative * frame.placement

    def _draw_copies(self, prim: Usd.Prim, frame: _Frame) -> None:
        from pxr import UsdGeom

        instancer = UsdGeom.PointInstancer(prim)
        path = str(prim.GetPath())
        chosen = instancer.GetProtoIndicesAttr().Get(self._time) or []
        transforms = instancer.ComputeInstanceTransformsAtTime(
            self._time,
            self._time,
            UsdGeom.PointInstancer.IncludeProtoXform,
            UsdGeom.PointInstancer.IgnoreMask,
        )
        if not chosen or len(transforms) != len(chosen):
            self._skip(path, f"it has {len(chosen)} protoIndices and {len(transforms)} placed copies")
            return
        targets = instancer.GetPrototypesRel().GetForwardedTargets()
        prototypes = [prim.GetStage().GetPrimAtPath(target) for target in targets]
        mask = instancer.ComputeMaskAtTime(self._time) or [True] * len(chosen)
        identifiers = instancer.GetIdsAttr().Get(self._time) or range(len(chosen))
        world = self._matrix(prim, frame)
        for index, (choice, transform) in enumerate(zip(chosen, transforms)):
            copy = PointInstance(path, index, int(identifiers[index]))
            if not mask[index]:
                self._skip(f"{path}[{index}]", f"the copy with id {copy.identifier} is masked")
            elif not 0 <= choice < len(prototypes) or not prototypes[choice]:
                self._skip(f"{path}[{index}]", f"there is no prototype {choice}")
            else:
                below = replace(
                    frame,
                    body=frame.body or path,
                    instance=_nested(frame.instance, copy),
                    prototype=prototypes[choice],
                    placement=transform * world,
                )
                self._visit(prototypes[choice], below)
        self._name_prototypes(prim)

    def _name_prototypes(self, instancer: Usd.Prim) -> None:
        """Prims below an instancer are drawn only as its copies."""
        for child in instancer.GetFilteredChildren(self._all_prims):
            self._skip(str(child.GetPath()), f"only the copies that {instancer.GetPath()} draws of it count")

    def _skip(self, path: str, reason: str) -> None:
        self.skipped.setdefault(path, Note(path, reason))


def _nested(outer: PointInstance | None, copy: PointInstance) -> PointInstance:
    """A copy within a copy is known by the outer one, which alone can be hidden on the stage."""
    return copy if outer is None else replace(outer, inner=(*outer.inner, copy.index))

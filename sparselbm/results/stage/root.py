"""The prim of the drawings of a results stage.

It lies below the default prim of the user's scene, so that a stage which references or payloads the results has bodies and
drawings. Where that prim cannot have children of its own, such as a mesh, the drawings have a root prim.
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.results.stage.overs import block_hints
from sparselbm.scene.usd.traversal import DRAWINGS_MARK

if TYPE_CHECKING:
    from pxr import Gf, Usd

NAME = "Results"


def define_drawings(stage: Usd.Stage) -> str:
    """Defines the prim of the drawings, whose space is that of the world; returns its path.

    Drawings of earlier results that are there are continued; of another prim of this name the next free name is used.
    """
    from pxr import UsdGeom

    parent = stage.GetDefaultPrim()
    above = str(parent.GetPath()) if _can_hold(parent) else ""
    names = chain([NAME], (f"{NAME}{number}" for number in count(1)))
    path = next(each for each in (f"{above}/{name}" for name in names) if _is_free(stage.GetPrimAtPath(each)))
    drawings = UsdGeom.Xform.Define(stage, path)
    drawings.GetPrim().SetCustomDataByKey(DRAWINGS_MARK, True)
    if above:
        block_hints(parent)
        _undo(drawings, UsdGeom.Xformable(parent))
    return path


def hold_in_place(stage: Usd.Stage, path: str, moved: str) -> None:
    """Makes drawings independent of the prim above them, if that is the one that is moved from now on."""
    from pxr import UsdGeom

    if path.startswith(f"{moved}/"):
        UsdGeom.Xformable(stage.GetPrimAtPath(path)).SetXformOpOrder([], True)


def drawings_of(stage: Usd.Stage) -> str:
    """Path of the drawings in a results stage; empty if it has none."""
    default, root = stage.GetDefaultPrim(), stage.GetPseudoRoot()
    places = chain(default.GetChildren() if default else (), root.GetChildren())
    return next((str(each.GetPath()) for each in places if each.GetCustomDataByKey(DRAWINGS_MARK)), "")


def group_of(path: str, drawings: str) -> str:
    """Name of the group of a drawing, such as Slices; empty for prims that are no drawings."""
    return path.removeprefix(f"{drawings}/").partition("/")[0] if drawings and path.startswith(f"{drawings}/") else ""


def _can_hold(prim: Usd.Prim) -> bool:
    """Whether a prim can have further prims below it, and these can be placed in the world."""
    from pxr import UsdGeom

    if not prim or prim.IsAbstract() or prim.IsInstance() or not prim.IsActive() or not prim.IsDefined():
        return False
    if not (prim.IsA(UsdGeom.Xform) or prim.IsA(UsdGeom.Scope) or not prim.GetTypeName()):
        return False
    return abs(np.linalg.det(np.array(_matrix(UsdGeom.Xformable(prim))))) > 0.0


def _is_free(prim: Usd.Prim) -> bool:
    return not prim or bool(prim.GetCustomDataByKey(DRAWINGS_MARK))


def _matrix(prim) -> Gf.Matrix4d:
    """Transform of a root prim; identity for prims without one."""
    from pxr import Gf

    return prim.GetLocalTransformation() if prim else Gf.Matrix4d(1.0)


def _undo(drawings, parent) -> None:
    """Undoes the transform above the drawings: once, so that they move with a prim that references the results; a transform
    that varies in time is left out of theirs."""
    from pxr import Gf

    if parent and parent.TransformMightBeTimeVarying():
        drawings.SetXformOpOrder([], True)
    elif (matrix := _matrix(parent)) != Gf.Matrix4d(1.0):
        drawings.MakeMatrixXform().Set(matrix.GetInverse())

"""Check that a prim moves as a rigid body."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

from sparselbm.errors import SceneError

if TYPE_CHECKING:
    from pxr import Usd

_HARMLESS = ("xformOp", "primvars:", "visibility", "extent", "normals", "velocities", "accelerations", "sparselbm:")
"""Beginnings of the names of attributes that do not change the shape."""


def require_rigid(prim: Usd.Prim) -> None:
    """Raises SceneError for a prim whose shape changes in time, or whose parts move relative to each other."""
    from pxr import Usd, UsdGeom, UsdSkel

    for each in Usd.PrimRange(prim, Usd.TraverseInstanceProxies()):
        path = each.GetPath()
        if each != prim and each.IsA(UsdGeom.Xformable) and UsdGeom.Xformable(each).TransformMightBeTimeVarying():
            raise SceneError(
                f"{prim.GetPath()}: {path} moves relative to it, but a moving body has to be rigid: give the motion to each prim "
                "that moves by itself"
            )
        changing = [
            attribute.GetName() for attribute in each.GetAuthoredAttributes()
            if attribute.ValueMightBeTimeVarying() and not attribute.GetName().startswith(_HARMLESS)
        ]
        is_skinned = each.HasAPI(UsdSkel.BindingAPI) and UsdSkel.BindingAPI(each).GetInheritedSkeleton()
        if changing or is_skinned:
            what = f"{changing[0]} of {path} varies in time" if changing else f"{path} is deformed by a skeleton"
            raise SceneError(
                f"{prim.GetPath()}: {what}, but the surface of a moving body has to be rigid: remove its time samples, or hold "
                "the body (motion none)"
            )

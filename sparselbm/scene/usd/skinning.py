"""Skinned meshes, posed at one time by `UsdSkel.BakeSkinning` on the session layer of the stage."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pxr import Sdf, Usd


def pose(stage: Usd.Stage, roots: Collection[Sdf.Path], time: float | None) -> tuple[frozenset[str], float]:
    """Poses the meshes below SkelRoot prims; returns their paths, and the time at which to read the stage.

    Without a time, this is the first sample of any skeleton's animation, which is then the only one of the baked points.
    """
    from pxr import Gf, UsdSkel

    stage.SetEditTarget(stage.GetSessionLayer())
    for path in roots:
        _give_own_prims(stage, path)
    code = _first_sample(stage) if time is None else time
    _hold_animations(stage, code)
    posed = set()
    for path in roots:
        root = UsdSkel.Root(stage.GetPrimAtPath(path))
        skinned = _skinned(root)
        for mesh in skinned:
            _hold(stage.GetPrimAtPath(mesh).GetAttribute("points"), code)
        if skinned and UsdSkel.BakeSkinning(root, Gf.Interval(code, code)):
            posed |= skinned
    return frozenset(posed), code


def _give_own_prims(stage: Usd.Stage, path: Sdf.Path) -> None:
    """Turns instances at or above the path into ordinary prims on the session layer, since instances cannot be edited."""
    for prefix in path.GetPrefixes():
        prim = stage.GetPrimAtPath(prefix)
        if prim.IsInstance():
            prim.SetInstanceable(False)


def _hold_animations(stage: Usd.Stage, code: float) -> None:
    """Gives all animations a sample at this time and no other, since skinning is baked only at samples."""
    from pxr import Sdf, UsdSkel

    for prim in stage.Traverse():
        if prim.IsA(UsdSkel.Animation):
            for attribute in prim.GetAuthoredAttributes():
                if attribute.GetVariability() == Sdf.VariabilityVarying:
                    _hold(attribute, code)


def _hold(attribute: Usd.Attribute, code: float) -> None:
    value = attribute.Get(code)
    if value is not None:
        attribute.Set(value, code)


def _skinned(root) -> set[str]:
    """Paths of the meshes that are bound to a skeleton."""
    from pxr import Usd, UsdSkel

    cache = UsdSkel.Cache()
    cache.Populate(root, Usd.PrimDefaultPredicate)
    bindings = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate)
    return {str(query.GetPrim().GetPath()) for binding in bindings for query in binding.GetSkinningTargets()}


def _first_sample(stage: Usd.Stage) -> float:
    """Time code of the first sample of any skeleton's animation, or of the start of the stage if there is none."""
    from pxr import UsdSkel

    samples = [
        attribute.GetTimeSamples()[0]
        for prim in stage.Traverse()
        if prim.IsA(UsdSkel.Animation)
        for attribute in prim.GetAttributes()
        if attribute.GetNumTimeSamples()
    ]
    return min(samples, default=stage.GetStartTimeCode())

"""Holds the animation of a scene at the time at which it was read, so that a flow computed then lies around its bodies."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

from sparselbm.results.stage.overs import make_editable

if TYPE_CHECKING:
    from pxr import Sdf, Usd


def hold(stage: Usd.Stage, time: float | None) -> None:
    """Gives every animated attribute its value at a time code (None: its first sample) at all times, in the edit target.

    Cameras keep their motion. Instances that are animated inside become ordinary prims, since they cannot be edited otherwise.
    """
    from pxr import Usd

    code = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
    for path, value in _animated(stage, code):
        make_editable(stage, path.GetPrimPath())
        attribute = stage.GetAttributeAtPath(path)
        if value is None:
            attribute.Block()
        else:
            attribute.Set(value)


def _animated(stage: Usd.Stage, code: Usd.TimeCode) -> list[tuple[Sdf.Path, object]]:
    """Attributes that vary in time, with their values at a time code."""
    from pxr import Usd, UsdGeom

    whole = Usd.TraverseInstanceProxies(Usd.PrimAllPrimsPredicate)
    return [
        (attribute.GetPath(), attribute.Get(code))
        for prim in Usd.PrimRange.Stage(stage, whole)
        if not prim.IsA(UsdGeom.Camera)
        for attribute in prim.GetAuthoredAttributes()
        if attribute.ValueMightBeTimeVarying()
    ]

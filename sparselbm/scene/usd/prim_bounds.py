"""Bounding box of a prim of any type and purpose."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ...errors import SceneError
from . import foreign
from .stage import hushed
from .variants import open_selected


def prim_bounds(
    file: str | Path,
    prim: str,
    place: str,
    *,
    variants: Mapping[str, str] = MappingProxyType({}),
    attributes: Mapping[str, str] = MappingProxyType({}),
    time: float | None = None,
) -> np.ndarray:
    """Lower and upper corner of a prim and all prims below it, in world space [m], (2, 3).

    `place`: the setting that names the prim, for messages; `variants`, `attributes`, `time`: as in `Scene.open`. Raises
    SceneError for a file that is not a stage, and for a prim that does not exist or has no extent.
    """
    if not foreign.is_stage(Path(file)):
        raise SceneError(f"{place} is {prim}, but {file} is not a USD stage, which has prims: give the corners of a box instead")
    from pxr import Usd, UsdGeom

    with hushed():
        stage = open_selected(file, variants, attributes)
    found = stage.GetPrimAtPath(prim)
    if not found:
        raise SceneError(f"{place} is {prim}, but {file} has no such prim: give the path of one, such as a cube of purpose guide")
    code = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
    cache = UsdGeom.BBoxCache(code, UsdGeom.Imageable.GetOrderedPurposeTokens())
    box = cache.ComputeWorldBound(found).ComputeAlignedRange()
    if box.IsEmpty():
        raise SceneError(f"{place} is {prim}, which has no extent: give the path of a prim with geometry, such as a cube")
    return UsdGeom.GetStageMetersPerUnit(stage) * np.array([box.GetMin(), box.GetMax()])

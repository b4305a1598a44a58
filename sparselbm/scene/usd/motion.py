"""Motion of a prim: its transform at time codes, in metres and seconds."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd.transforms import column_matrix

if TYPE_CHECKING:
    from pxr import Usd


@dataclass(frozen=True, eq=False)
class TransformSamples:
    """Sampled transforms of a prim relative to the position where its points were read."""

    times: np.ndarray
    """Times since the first time code [s], shape (n,)."""
    poses: np.ndarray
    """Transforms of the points of `Scene.open` to their position at each time [m], (n, 4, 4), for column vectors."""

    @classmethod
    def of(
        cls,
        path: str | Path,
        prim: str,
        *,
        time: float | None = None,
        metres_per_unit: float | None = None,
        step: float = 1.0,
    ) -> TransformSamples:
        """Samples the world transform of a prim, including the motion of its ancestors.

        It is sampled at every `step` time codes between the first and the last time sample of any transform involved, and at
        each of these samples, so that USD's own interpolation (also of angles) is followed. One second has
        `timeCodesPerSecond` time codes.

        Args:
            path: the stage.
            prim: path of the moving prim.
            time: time code at which the scene's points were read, as in `Scene.open`.
            metres_per_unit: length of a unit [m], instead of that of the stage.
            step: time codes between two samples, above 0.

        Raises:
            SceneError: if the prim does not exist, has no time samples, or has a singular transform.
        """
        from pxr import Usd, UsdGeom

        from sparselbm.scene.usd.stage import open_stage

        if not step > 0.0:
            raise SceneError(f"step is {step} time codes, but must be above 0")
        stage = open_stage(path)
        found = stage.GetPrimAtPath("/" + str(prim).strip("/"))
        if not found:
            raise SceneError(f"{prim}: no such prim in {path}; Scene.open(...).prim_paths lists the prims")
        authored = _authored(found)
        if len(authored) < 2:
            raise SceneError(
                f"{prim}: its transform has {len(authored)} time samples in {path}, but needs at least 2; animate its "
                "xformOps"
            )
        codes = np.unique(np.concatenate([authored, np.arange(authored[0], authored[-1], step)]))
        scale = metres_per_unit or UsdGeom.GetStageMetersPerUnit(stage)
        read = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
        start = _world(found, read, scale)
        if abs(np.linalg.det(start[:3, :3])) < 1e-12 * np.abs(start[:3, :3]).max() ** 3:
            raise SceneError(f"{prim}: its transform at time code {read} is singular; remove the zero scale")
        back = np.linalg.inv(start)
        poses = np.stack([_world(found, Usd.TimeCode(code), scale) @ back for code in codes])
        return cls((codes - codes[0]) / stage.GetTimeCodesPerSecond(), poses)


def _world(prim: Usd.Prim, time: Usd.TimeCode, scale: float) -> np.ndarray:
    from pxr import UsdGeom

    return column_matrix(UsdGeom.XformCache(time).GetLocalToWorldTransform(prim), scale)


def _authored(prim: Usd.Prim) -> np.ndarray:
    """Time codes of all transform samples of a prim and its ancestors, in order."""
    from pxr import UsdGeom

    codes: set[float] = set()
    while prim and not prim.IsPseudoRoot():
        codes |= set(UsdGeom.Xformable(prim).GetTimeSamples()) if prim.IsA(UsdGeom.Xformable) else set()
        prim = prim.GetParent()
    return np.array(sorted(codes))

"""The path of a prim: its transform at time codes, in metres and seconds."""

# pxr fills its modules at run time, out of pyright's sight.
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
    """Where a prim stands at some times, against where its points were read."""

    times: np.ndarray
    """From the first time code on [s], shape (n,)."""
    placements: np.ndarray
    """From the points as `Scene.open` read them to where they are then [m], shape (n, 4, 4), for column vectors."""

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
        """Sample the world transform of a prim, its ancestors' motion included.

        It is read at every `step` time codes between the first and the last time sample of any transform on the way, and at
        each of these samples, so that USD's own interpolation, of angles too, is followed. A second is
        `timeCodesPerSecond` of them.

        Args:
            path: The stage.
            prim: Path of the prim that moves.
            time: Time code that the scene's points were read at, as in `Scene.open`.
            metres_per_unit: Length of a unit [m] in place of what the stage says.
            step: Time codes between two samples, above 0.

        Raises:
            SceneError: No such prim, no time samples on its way, or a transform that flattens space.
        """
        from pxr import Usd, UsdGeom

        from sparselbm.scene.usd.stage import open_stage

        if not step > 0.0:
            raise SceneError(f"step = {step} time codes between two samples; give one above 0")
        stage = open_stage(path)
        found = stage.GetPrimAtPath("/" + str(prim).strip("/"))
        if not found:
            raise SceneError(f"{prim}: no such prim in {path}; Scene.open(...).prim_paths holds those that there are")
        authored = _authored(found)
        if len(authored) < 2:
            raise SceneError(f"{prim}: {len(authored)} time samples of its transform in {path}; animate its xformOps")
        codes = np.unique(np.concatenate([authored, np.arange(authored[0], authored[-1], step)]))
        scale = metres_per_unit or UsdGeom.GetStageMetersPerUnit(stage)
        read = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
        start = _world(found, read, scale)
        if abs(np.linalg.det(start[:3, :3])) < 1e-12 * np.abs(start[:3, :3]).max() ** 3:
            raise SceneError(f"{prim}: its transform at time code {read} flattens space; give it a scale other than 0")
        back = np.linalg.inv(start)
        placements = np.stack([_world(found, Usd.TimeCode(code), scale) @ back for code in codes])
        return cls((codes - codes[0]) / stage.GetTimeCodesPerSecond(), placements)


def _world(prim: Usd.Prim, time: Usd.TimeCode, scale: float) -> np.ndarray:
    from pxr import UsdGeom

    return column_matrix(UsdGeom.XformCache(time).GetLocalToWorldTransform(prim), scale)


def _authored(prim: Usd.Prim) -> np.ndarray:
    """Time codes of all samples of the transforms of a prim and its ancestors, in order."""
    from pxr import UsdGeom

    codes: set[float] = set()
    while prim and not prim.IsPseudoRoot():
        codes |= set(UsdGeom.Xformable(prim).GetTimeSamples()) if prim.IsA(UsdGeom.Xformable) else set()
        prim = prim.GetParent()
    return np.array(sorted(codes))

"""Value clips: what is drawn at one time goes to a file of its own, which is never written again.

A growing file would be written whole at each time, so that a run of n frames costs n^2 / 2 of them; and a crash
could meet it half written. Frames are files beside the root layer, which names them; USD fetches each when it is
its turn.
"""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pxr import Sdf

Export = Callable[["Sdf.Layer", Path], None]


class Clips:
    """The frames below one prim, in files FOLDER/0000.usdc and on."""

    def __init__(self, prim: str, folder: Path, export: Export):
        """`export` writes a layer to a path at one stroke."""
        from pxr import Sdf

        self._prim, self._folder, self._export = prim, folder, export
        self._manifest: Sdf.Layer = Sdf.Layer.CreateAnonymous("manifest.usda")
        self._frames: dict[float, Path] = {}

    def take(self, layer: Sdf.Layer, time: float) -> None:
        """Move all time samples below the prim out of the layer, into the file of this time's frame.

        Paths of assets stay: in a clip they would start at its own folder. The first sample of each attribute stays too, as its
        default value: many tools look there alone, and must not meet normals without points.
        """
        from pxr import Sdf

        frame = Sdf.Layer.CreateAnonymous("frame.usdc")

        def move(path: Sdf.Path) -> None:
            spec = layer.GetAttributeAtPath(path)
            if spec is None or spec.typeName == Sdf.ValueTypeNames.Asset or not layer.GetNumTimeSamplesForPath(path):
                return
            for target in (frame, self._manifest):
                if target.GetAttributeAtPath(path) is None:
                    prim = Sdf.CreatePrimInLayer(target, path.GetPrimPath())
                    Sdf.AttributeSpec(prim, spec.name, spec.typeName, spec.variability)
            for each in layer.ListTimeSamplesForPath(path):
                frame.SetTimeSample(path, each, layer.QueryTimeSample(path, each))
            if not spec.HasInfo("default"):
                spec.default = layer.QueryTimeSample(path, layer.ListTimeSamplesForPath(path)[0])
            spec.ClearInfo("timeSamples")

        layer.Traverse(Sdf.Path(self._prim), move)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._frames.setdefault(time, self._folder / f"{len(self._frames):04d}.usdc")
        self._export(frame, path)
        self._export(self._manifest, self._manifest_path)

    def name_in(self, root: Sdf.Layer, folder: Path) -> None:
        """Name all frames in the layer that stands in `folder`; nothing where there is none."""
        from pxr import Gf, Sdf, Vt

        if not self._frames:
            return
        order = sorted(self._frames)
        whole = {
            "primPath": self._prim,
            "assetPaths": Sdf.AssetPathArray([_asset(self._frames[time], folder) for time in order]),
            "active": Vt.Vec2dArray([Gf.Vec2d(time, k) for k, time in enumerate(order)]),
            "times": Vt.Vec2dArray([Gf.Vec2d(time, time) for time in order]),
            "manifestAssetPath": _asset(self._manifest_path, folder),
        }
        Sdf.CreatePrimInLayer(root, self._prim).SetInfo("clips", {"default": whole})

    @property
    def _manifest_path(self) -> Path:
        """The file that says which attributes the frames may hold."""
        return self._folder / "manifest.usda"


def _asset(path: Path, folder: Path) -> Sdf.AssetPath:
    from pxr import Sdf

    return Sdf.AssetPath(f"./{Path(os.path.relpath(path, folder)).as_posix()}")

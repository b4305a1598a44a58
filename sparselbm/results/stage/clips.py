"""Value clips: drawings of one time are written to a separate file that is not changed afterwards.

A growing file would be rewritten at each time, so that n frames cost n^2 / 2 of them, and a crash could leave it
incomplete. Frames are files next to the root layer, which names them; USD loads each when needed.
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.files.state_file import State, array_of

if TYPE_CHECKING:
    from pxr import Sdf

Export = Callable[["Sdf.Layer", Path], None]


class Clips:
    """Frames below one prim, in files FOLDER/0000.usdc and so on."""

    def __init__(self, prim: str, folder: Path, export: Export):
        """`export` writes a layer to a path atomically."""
        from pxr import Sdf

        self._prim, self._folder, self._export = prim, folder, export
        self._manifest: Sdf.Layer = Sdf.Layer.CreateAnonymous("manifest.usdc")
        self._is_new = True  # A manifest is needed even if all samples of the frames are elsewhere.
        self._frames: dict[float, Path] = {}

    def take(self, layer: Sdf.Layer, time: float) -> None:
        """Moves all time samples below the prim out of the layer, into the file of this time's frame.

        Prims without a sample at a time are not shown then. Many tools still read them, some at default values only, and must
        not find normals without points. Therefore the first sample of each attribute remains as its default and as its value
        in frames without a sample. Asset paths stay in the layer, since in a clip they would be relative to its own folder.
        """
        from pxr import Sdf

        frame = Sdf.Layer.CreateAnonymous("frame.usdc")

        def move(path: Sdf.Path) -> None:
            spec = layer.GetAttributeAtPath(path)
            if spec is None or spec.typeName == Sdf.ValueTypeNames.Asset or not layer.GetNumTimeSamplesForPath(path):
                return
            samples = {each: layer.QueryTimeSample(path, each) for each in layer.ListTimeSamplesForPath(path)}
            first = next(iter(samples.values()))
            self._add(frame, path, spec.typeName, samples, first)
            shown = path.GetPrimPath().AppendProperty("visibility")
            self._add(frame, shown, Sdf.ValueTypeNames.Token, dict.fromkeys(samples, "inherited"), "invisible")
            if not spec.HasInfo("default"):
                spec.default = first
            spec.ClearInfo("timeSamples")

        layer.Traverse(Sdf.Path(self._prim), move)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._frames.get(time, self._folder / f"{len(self._frames):04d}.usdc")
        self._export(frame, path)
        if self._is_new:
            self._export(self._manifest, self._manifest_path)
            self._is_new = False
        self._frames[time] = path  # The root layer names whole files only.

    def _add(self, frame: Sdf.Layer, path: Sdf.Path, kind: Sdf.ValueTypeName, samples: Mapping[float, object], missing) -> None:
        """Adds samples of an attribute to a frame; `missing` is its value in frames without a sample."""
        from pxr import Sdf

        for layer in (frame, self._manifest):
            if layer.GetAttributeAtPath(path) is None:
                spec = Sdf.AttributeSpec(Sdf.CreatePrimInLayer(layer, path.GetPrimPath()), path.name, kind)
                if layer is self._manifest:
                    spec.default, self._is_new = missing, True
        for time, value in samples.items():
            frame.SetTimeSample(path, time, value)

    def saved(self) -> State:
        """Times and files of the frames, which are complete and stay as they are, and their manifest."""
        frames = [(time, path.name) for time, path in self._frames.items()]
        return {"frames": frames, "manifest": array_of(self._manifest_path) if frames else None}

    def restore(self, state: State) -> None:
        """Takes over the frames that `saved` has listed; files of later ones are replaced when these are drawn again."""
        self._frames = {time: self._folder / name for time, name in state["frames"]}
        if state["manifest"] is not None:
            load(self._manifest, state["manifest"])

    def __len__(self) -> int:
        return len(self._frames)

    def number_at(self, time: float) -> int:
        """Number of frames before a time code."""
        return sum(each < time for each in self._frames)

    def change_all(self, change: Callable[[Sdf.Layer], bool]) -> None:
        """Applies a change to the frames and to their manifest; `change` returns whether it changed a layer, which is written."""
        from pxr import Sdf

        for path in (each for each in (*self._frames.values(), self._manifest_path) if each.is_file()):
            layer = Sdf.Layer.OpenAsAnonymous(str(path))
            if change(layer):
                self._export(layer, path)

    def name_in(self, root: Sdf.Layer, folder: Path) -> None:
        """Names all frames in the layer located in `folder`, but those that were removed; does nothing without frames."""
        from pxr import Gf, Sdf, Vt

        order = sorted(time for time, path in self._frames.items() if path.is_file())
        if not order:
            return
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
        """Manifest file, which declares the attributes of the frames and their values where a frame has none."""
        return self._folder / "manifest.usdc"


def load(layer: Sdf.Layer, data: np.ndarray) -> None:
    """Replaces the content of a layer by that of a binary file, given as bytes."""
    from pxr import Sdf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.usdc"
        path.write_bytes(data.tobytes())
        layer.TransferContent(Sdf.Layer.OpenAsAnonymous(str(path)))


def _asset(path: Path, folder: Path) -> Sdf.AssetPath:
    from pxr import Sdf

    return Sdf.AssetPath(f"./{Path(os.path.relpath(path, folder)).as_posix()}")

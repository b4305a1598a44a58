"""Files of a result: CASE_results.usda, which is to be opened, and CASE_layer.usdc with the data.

Both are anonymous layers composed with the user's scene. Each is exported to a temporary file, which then replaces the
old one atomically: a reader always finds a complete result, also after a crash. (`Stage.Export` would make asset paths
absolute, which ties the result to a folder; `Layer.Export` does not.)
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import ResultsExistError, SceneError
from sparselbm.files.lost_results import lost_alone
from sparselbm.files.names import is_plain
from sparselbm.files.state_file import State, array_of
from sparselbm.files.write import replace_file
from sparselbm.results.stage.clips import Clips, load
from sparselbm.results.stage.root import define_drawings
from sparselbm.scene.usd import foreign, open_stage
from sparselbm.scene.usd.attribute_values import set_attributes
from sparselbm.scene.usd.paths import name_searched, relative_path
from sparselbm.scene.usd.stage import resolver_context, spoken
from sparselbm.scene.usd.variants import select

if TYPE_CHECKING:
    from pxr import Sdf, Usd


class LayerPair:
    """Layers of the result over the user's scene, composed in memory; edits go to the data layer."""

    def __init__(
        self, scene: Path, folder: Path, case_name: str, overwrite: bool, variants: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
    ):
        if not is_plain(case_name):
            raise SceneError(
                f"case_name is {case_name!r}, but is used in file names: use only letters, digits, `_`, `-` and `.`"
            )
        self.scene, self.case_name = scene.resolve(), case_name
        self.root_path = folder.resolve() / f"{case_name}_results.usda"
        self.data_path = folder.resolve() / f"{case_name}_layer.usdc"
        self._refuse(overwrite)
        self._compose(variants or {}, attributes or {})
        self.drawings = define_drawings(self.stage)
        """Path of the prim of the drawings, below which frames may be written to separate files."""
        self._name_default_prim()
        self.clips = Clips(self.drawings, folder.resolve() / f"{case_name}_clips", _replace)
        self._saved_frames = 0

    def _refuse(self, overwrite: bool) -> None:
        if not self.scene.is_file():
            raise SceneError(f"{self.scene}: no such file; pass the scene of the results")
        files = (self.root_path, self.data_path)
        if self.scene in files:
            raise SceneError(f"{self.scene} would be overwritten by this result; choose another case_name")
        there = [str(file) for file in files if file.exists()]
        if there and not overwrite:
            raise ResultsExistError(
                f"{' and '.join(there)}: the results exist already;"
                " pass overwrite=True, or choose another case_name or folder"
            )

    def _compose(self, variants: Mapping[str, str], attributes: Mapping[str, str]) -> None:
        from pxr import Sdf, Usd

        # USD cannot compose STL files, images and others: bodies are written to the data layer as meshes.
        self._user = open_stage(self.scene) if foreign.is_stage(self.scene) else None
        self.data: Sdf.Layer = Sdf.Layer.CreateAnonymous("data.usdc")
        self.root: Sdf.Layer = Sdf.Layer.CreateAnonymous("root.usda")
        below = [] if self._user is None else [str(self.scene)]
        self.root.subLayerPaths = [self.data.identifier, *below]
        self.stage: Usd.Stage = Usd.Stage.Open(self.root, None, resolver_context(self.scene))
        self.stage.SetEditTarget(Usd.EditTarget(self.root))
        self._copy_metadata()
        select(self.stage, variants)
        set_attributes(self.stage, attributes)
        self.stage.SetEditTarget(Usd.EditTarget(self.data))

    def _copy_metadata(self) -> None:
        """Copies the user's metadata, since only units, axis and time codes of the root layer count."""
        from pxr import UsdGeom

        units, axis, rate = 1.0, foreign.up_axis(self.scene), 24.0
        user = self._user
        if user is not None:
            units, axis = UsdGeom.GetStageMetersPerUnit(user), UsdGeom.GetStageUpAxis(user)
            rate = user.GetTimeCodesPerSecond()
            first = user.GetDefaultPrim() or next(iter(user.GetPseudoRoot().GetChildren()), None)
            if first:
                self.root.defaultPrim = first.GetName()
            if user.HasAuthoredTimeCodeRange():
                self.root.startTimeCode, self.root.endTimeCode = user.GetStartTimeCode(), user.GetEndTimeCode()
            if user.HasAuthoredMetadata("framesPerSecond"):
                self.root.framesPerSecond = user.GetFramesPerSecond()
        UsdGeom.SetStageMetersPerUnit(self.stage, units)
        UsdGeom.SetStageUpAxis(self.stage, axis)
        for layer in (self.root, self.data):
            # The samples of a layer with another rate would be rescaled by composition.
            layer.timeCodesPerSecond = rate
        self.metres_per_unit = units

    @property
    def sources(self) -> list[Path]:
        """Files of which the scene is composed."""
        if self._user is None:
            return [self.scene]
        return [Path(layer.realPath) for layer in self._user.GetUsedLayers() if layer.realPath]

    def replace_pictures(self, pictures: dict[str, Callable[[Path], None]]) -> None:
        """Draws pictures next to the root layer, and removes them from `pictures`; existing ones are replaced atomically.

        One that cannot be written is left for the next call, with a ResultLostWarning.
        """
        for name, draw in tuple(pictures.items()):
            with lost_alone(name):
                path = self.root_path.with_name(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                with replace_file(path) as beside:
                    draw(beside)
                del pictures[name]

    @property
    def is_save_due(self) -> bool:
        """Whether the number of frames has grown by a twentieth since the last `save`."""
        return len(self.clips) >= 1.05 * self._saved_frames

    def change_all(self, change: Callable[[Sdf.Layer], bool]) -> None:
        """Applies a change to the data and to all frames; `change` returns whether it changed a layer. Call `save` afterwards."""
        change(self.data)
        self.clips.change_all(change)

    def _name_default_prim(self) -> None:
        """Makes the drawings the default prim if the user's scene has no prim."""
        if not self.root.HasDefaultPrim():
            self.root.defaultPrim = self.drawings.strip("/")

    def saved(self) -> State:
        """The data as of the last `save`, and the frames."""
        return {"data": array_of(self.data_path), "clips": self.clips.saved()}

    def restore(self, state: State) -> None:
        """Takes over what `saved` has returned; the root layer is that of the same scene."""
        load(self.data, state["data"])
        self.clips.restore(state["clips"])

    def save(self) -> None:
        """Writes both files atomically, the data first, since the root layer refers to it."""
        from pxr import Sdf

        self.data_path.parent.mkdir(parents=True, exist_ok=True)
        written = Sdf.Layer.CreateAnonymous("root.usda")
        written.TransferContent(self.root)
        below = [] if self._user is None else [relative_path(self.scene, self.root_path.parent)]
        written.subLayerPaths = [f"./{self.data_path.name}", *below]
        self.clips.name_in(written, self.root_path.parent)
        if self._user is not None:
            name_searched(written, self._user, self.root_path.parent)
        _replace(self.data, self.data_path)
        _replace(written, self.root_path)
        self._saved_frames = len(self.clips)


def _replace(layer: Sdf.Layer, path: Path) -> None:
    from pxr import Tf

    try:
        with replace_file(path) as beside:
            layer.Export(str(beside))
    except Tf.ErrorException as error:
        reason = spoken(error).partition(";")[0]
        raise OSError(
            f"{path}: USD could not write this file ({reason}): check that the folder is writable and has free space"
        ) from error

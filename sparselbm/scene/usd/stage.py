"""Opening of stages, with the folders in which search-path assets are looked up."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.files.bundled import bundled_folders
from sparselbm.files.reading import require_readable
from sparselbm.scene.usd.crate import require_sound
from sparselbm.scene.usd.plugin import register

if TYPE_CHECKING:
    from pxr import Ar, Usd


def asset_folders(scene: Path) -> list[str]:
    """Folders in which `@name.usd@` is searched: the scene's own, that of the package's scenes, and that of Warp's."""
    folders = [str(scene.resolve().parent), *map(str, bundled_folders())]
    spec = importlib.util.find_spec("warp")
    if spec is not None and spec.submodule_search_locations:
        folders += [str(Path(root) / "examples" / "assets") for root in spec.submodule_search_locations]
    return folders


def resolver_context(scene: Path) -> Ar.DefaultResolverContext:
    """Search path for USD. Also registers the case schemas, since it is called before every stage is opened."""
    from pxr import Ar

    register()
    return Ar.DefaultResolverContext(asset_folders(scene))


def open_stage(path: str | Path) -> Usd.Stage:
    """Opens a USD file with all payloads loaded. Keep the stage: its prims become invalid with it.

    The session layer has the time codes per second of the stage: samples of a layer with another rate are rescaled by
    composition, so that what is written there at a time code would not be found at it.

    Raises:
        SceneError: if the file is missing, USD cannot read it, or a layer has no positive number of time codes per second.
    """
    from pxr import Tf, Usd

    path = Path(path)
    require_readable(path, SceneError)
    if not path.is_file():
        raise SceneError(f"{path}: no such file (working directory {Path.cwd()}); pass the path of a scene")
    require_sound(path)
    try:
        stage = Usd.Stage.Open(str(path.resolve()), resolver_context(path), Usd.Stage.LoadAll)
    except (Tf.ErrorException, UnicodeDecodeError) as error:  # USD's message may quote bytes that are no text.
        raise SceneError(f"{path}: USD cannot read this file; check it with `usdchecker`: {spoken(error)}") from error
    _require_rates(path, stage)
    stage.GetSessionLayer().timeCodesPerSecond = stage.GetTimeCodesPerSecond()
    return stage


def _require_rates(path: Path, stage: Usd.Stage) -> None:
    """Raises SceneError for rates at which no time passes: composition scales the samples of each layer by their ratio.

    USD itself refuses such values of framesPerSecond, which is the rate where the other is missing, but for infinity.
    """
    for layer in stage.GetUsedLayers():
        if not (math.isfinite(rate := layer.timeCodesPerSecond) and rate > 0.0):
            raise SceneError(
                f"{path}: timeCodesPerSecond of {layer.GetDisplayName()} is {rate:g}, but must be finite and above 0: set it to "
                "24, for example"
            )


def spoken(error: Exception) -> str:
    """Text of a USD error, without source locations."""
    return "; ".join(str(getattr(each, "commentary", each)).strip() for each in error.args)


@contextmanager
def hushed() -> Iterator[None]:
    """Suppresses USD's warnings on the terminal: relevant ones become errors or notes."""
    from pxr import UsdUtils

    delegate = UsdUtils.CoalescingDiagnosticDelegate()
    try:
        yield
    finally:
        delegate.TakeUncoalescedDiagnostics()
        del delegate

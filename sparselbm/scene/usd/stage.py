"""The one door through which stages are opened, with the folders that search-path assets are looked up in."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.plugin import register

if TYPE_CHECKING:
    from pxr import Ar, Usd


def asset_folders(scene: Path) -> list[str]:
    """Where `@name.usd@` is looked for: the scene's own folder, then the assets in Warp's wheel."""
    folders = [str(scene.resolve().parent)]
    spec = importlib.util.find_spec("warp")
    if spec is not None and spec.submodule_search_locations:
        folders += [str(Path(root) / "examples" / "assets") for root in spec.submodule_search_locations]
    return folders


def resolver_context(scene: Path) -> Ar.DefaultResolverContext:
    """The search path as USD wants it; with the schemas of cases known, for it is asked for before every stage is opened."""
    from pxr import Ar

    register()
    return Ar.DefaultResolverContext(asset_folders(scene))


def open_stage(path: str | Path) -> Usd.Stage:
    """Open a USD file with all payloads loaded. Keep the stage: its prims die with it.

    Raises:
        SceneError: The file is missing, or USD cannot read it.
    """
    from pxr import Tf, Usd

    path = Path(path)
    if not path.is_file():
        raise SceneError(f"{path}: no such file, seen from {Path.cwd()}; give the path of a scene")
    try:
        stage = Usd.Stage.Open(str(path.resolve()), resolver_context(path), Usd.Stage.LoadAll)
    except Tf.ErrorException as error:
        raise SceneError(f"{path}: USD cannot read this file; check it with `usdchecker`: {spoken(error)}") from error
    return stage


def spoken(error: Exception) -> str:
    """What an error of USD says, without the places in its source."""
    return "; ".join(str(getattr(each, "commentary", each)).strip() for each in error.args)


@contextmanager
def hushed() -> Iterator[None]:
    """USD's warnings do not go to the terminal: what matters of them is an error or a note of ours."""
    from pxr import UsdUtils

    delegate = UsdUtils.CoalescingDiagnosticDelegate()
    try:
        yield
    finally:
        delegate.TakeUncoalescedDiagnostics()
        del delegate

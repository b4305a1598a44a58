"""What a scene refers to outside of its own folder: USD follows `../../x.usd` in silence."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.report import Note
from sparselbm.scene.usd.stage import asset_folders, resolver_context

if TYPE_CHECKING:
    from pxr import Sdf


def strangers(scene: Path) -> list[Note]:
    """A note for each layer that is named from within the scene's folder (or Warp's assets) and lies outside, links followed.

    Only layers inside are opened to look: what lies outside stays unread.
    """
    from pxr import Ar, Sdf, Tf

    folders = [Path(folder).resolve() for folder in asset_folders(scene)]
    notes, seen = [], set()
    with Ar.ResolverContextBinder(resolver_context(scene)):
        ahead = [str(scene.resolve())]
        while ahead:
            name = ahead.pop()
            seen.add(name)
            try:
                layer = Sdf.Layer.FindOrOpen(name)
            except Tf.ErrorException:
                continue  # Composition reports what cannot be read.
            for asset in layer.GetCompositionAssetDependencies() if layer else ():
                target = place_of(layer, asset) if asset else name  # An internal reference names no file.
                if target in seen:
                    continue
                if _is_within(target, folders):
                    ahead.append(target)
                else:
                    seen.add(target)
                    notes += [Note(prim, f"it refers to {asset}, outside of {folders[0]}") for prim in _users(layer, asset)]
    return notes


def refuse_strangers(scene: Path) -> None:
    """Raises SceneError, before any of them is read, where layers lie outside of the scene's folder."""
    found = strangers(scene)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise SceneError(f"{found[0]}{more}; local_files_only=True refuses this: copy the file into the folder")


def place_of(layer: Sdf.Layer, asset: str) -> str:
    """Where an asset path leads: a file, links followed, or a name that resolves to nothing."""
    from pxr import Ar, Sdf

    anchored = Sdf.ComputeAssetPathRelativeToLayer(layer, asset)
    return str(Ar.GetResolver().Resolve(anchored) or anchored)


def _is_within(target: str, folders: list[Path]) -> bool:
    """Whether a file (of a package `a.usdz[b.usd]`: the package) lies in one of the folders, links followed."""
    file = Path(target.partition("[")[0]).resolve()
    return any(file.is_relative_to(folder) for folder in folders)


def _users(layer: Sdf.Layer, asset: str) -> list[str]:
    """The prims that name an asset in a reference or a payload; `/` for a sublayer."""
    found = ["/"] if asset in layer.subLayerPaths else []

    def look(path) -> None:
        spec = layer.GetPrimAtPath(path) if path.IsPrimPath() or path.IsPrimVariantSelectionPath() else None
        if spec is not None:
            arcs = [*spec.referenceList.GetAddedOrExplicitItems(), *spec.payloadList.GetAddedOrExplicitItems()]
            if any(arc.assetPath == asset for arc in arcs):
                found.append(str(spec.path.StripAllVariantSelections()))

    layer.Traverse("/", look)
    return found or ["/"]

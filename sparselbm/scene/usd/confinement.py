"""Detection of files outside the scene's folder that a scene names, since USD follows `../../x.usd` silently."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.layers import assets_of, is_layer, open_layer, prim_specs
from sparselbm.scene.usd.report import Note
from sparselbm.scene.usd.stage import asset_folders, resolver_context

if TYPE_CHECKING:
    from pxr import Sdf


def strangers(scene: Path) -> list[Note]:
    """Notes on files outside the scene's folder (and Warp's assets) that are named inside; links are resolved.

    Only layers inside are opened; those outside are not read.
    """
    from pxr import Ar

    folders = [Path(folder).resolve() for folder in asset_folders(scene)]
    notes, seen = [], set()
    with Ar.ResolverContextBinder(resolver_context(scene)):
        ahead = [str(scene.resolve())]
        while ahead:
            name = ahead.pop()
            seen.add(name)
            layer = open_layer(name)
            for asset in assets_of(name) if layer else ():
                if asset.startswith("`"):
                    reason = f"it refers to {asset}, an expression, which may name a file outside of {folders[0]}"
                    notes += [Note(prim, reason) for prim in _users(layer, asset)]
                    continue
                target = place_of(layer, asset)
                if target in seen:
                    continue
                seen.add(target)
                if not Path(target).is_absolute():
                    continue  # A name that is found in no folder, such as a library of materials.
                if not _is_within(target, folders):
                    notes += [Note(prim, f"it refers to {asset}, outside of {folders[0]}") for prim in _users(layer, asset)]
                elif is_layer(target):
                    ahead.append(target)
    return notes


def refuse_strangers(scene: Path) -> None:
    """Raises SceneError, before any of them is read, if layers are outside the scene's folder."""
    found = strangers(scene)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise SceneError(f"{found[0]}{more}; local_files_only=True refuses this: copy the file into the folder")


def place_of(layer: Sdf.Layer, asset: str) -> str:
    """Resolves an asset path to a file, with links resolved, or to a name that does not exist."""
    from pxr import Ar, Sdf

    anchored = Sdf.ComputeAssetPathRelativeToLayer(layer, asset)
    return str(Ar.GetResolver().Resolve(anchored) or anchored)


def _is_within(target: str, folders: list[Path]) -> bool:
    """Whether a file (for `a.usdz[b.usd]`: the package) is in one of the folders, with links resolved."""
    file = Path(target.partition("[")[0]).resolve()
    return any(file.is_relative_to(folder) for folder in folders)


def _users(layer: Sdf.Layer, asset: str) -> list[str]:
    """Prims that name an asset; `/` for a sublayer."""
    found = []
    for spec in prim_specs(layer):
        arcs = [*spec.referenceList.GetAddedOrExplicitItems(), *spec.payloadList.GetAddedOrExplicitItems()]
        clips, values = spec.GetInfo("clips") if spec.HasInfo("clips") else "", [each.default for each in spec.properties]
        if any(arc.assetPath == asset for arc in arcs) or asset in str(clips) or asset in str(values):
            found.append(str(spec.path.StripAllVariantSelections()))
    return found or ["/"]

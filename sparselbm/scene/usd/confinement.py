"""Detection of references outside the scene's folder, since USD follows `../../x.usd` silently."""

# pxr fills its modules at run time, which pyright cannot see.
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
    """Notes on layers outside the scene's folder (and Warp's assets) that are referenced from inside; links are resolved.

    Only layers inside are opened; those outside are not read.
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
                continue  # Composition reports unreadable layers.
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
    """Prims that name an asset in a reference or a payload; `/` for a sublayer."""
    found = ["/"] if asset in layer.subLayerPaths else []

    def look(path) -> None:
        spec = layer.GetPrimAtPath(path) if path.IsPrimPath() or path.IsPrimVariantSelectionPath() else None
        if spec is not None:
            arcs = [*spec.referenceList.GetAddedOrExplicitItems(), *spec.payloadList.GetAddedOrExplicitItems()]
            if any(arc.assetPath == asset for arc in arcs):
                found.append(str(spec.path.StripAllVariantSelections()))

    layer.Traverse("/", look)
    return found or ["/"]

"""Asset paths relative to the folder of a layer, so that any viewer finds them."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.scene.usd.stage import resolver_context

if TYPE_CHECKING:
    from pxr import Sdf, Usd


def relative_path(target: Path, folder: Path) -> str:
    """`target` relative to `folder`, with a leading `./` or `../`: without it, USD searches its search path."""
    path = Path(os.path.relpath(target, folder)).as_posix()
    return path if path.startswith("../") else f"./{path}"


def name_searched(layer: Sdf.Layer, stage: Usd.Stage, folder: Path) -> None:
    """Writes relative paths into a layer in `folder` for assets that the stage finds on our search path.

    A viewer has another search path and would show the prims without the referenced assets.
    """
    from pxr import Sdf

    for prim, kind, item, file in _searched(stage):
        over = getattr(Sdf.CreatePrimInLayer(layer, prim), f"{kind}List")
        over.deletedItems.append(item)
        over.prependedItems.append(type(item)(relative_path(file, folder), item.primPath, item.layerOffset))


def _searched(stage: Usd.Stage) -> Iterator[tuple[Sdf.Path, str, Sdf.Reference | Sdf.Payload, Path]]:
    """References and payloads of the stage's own layers that are found on the search path: prim, kind, item, file."""
    from pxr import Ar, Sdf

    resolver, found = Ar.GetResolver(), []

    def look(layer: Sdf.Layer, path: Sdf.Path) -> None:
        # References of a variant are handled within it.
        if not path.IsPrimPath():
            return
        spec = layer.GetPrimAtPath(path)
        for kind in ("reference", "payload"):
            for item in getattr(spec, f"{kind}List").GetAddedOrExplicitItems():
                # USD does not change a path if no file of that name is next to the layer.
                name = item.assetPath and resolver.CreateIdentifier(item.assetPath, layer.resolvedPath)
                file = resolver.Resolve(name) if name and name == item.assetPath and not os.path.isabs(name) else None
                if file:
                    found.append((path, kind, item, Path(str(file)).resolve()))

    with Ar.ResolverContextBinder(resolver_context(Path(stage.GetRootLayer().realPath))):
        for layer in stage.GetLayerStack(includeSessionLayers=False):
            layer.Traverse(Sdf.Path.absoluteRootPath, lambda path, layer=layer: look(layer, path))
    yield from found

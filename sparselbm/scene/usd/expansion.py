"""Number of prims that a scene composes to, counted on its layers: few nested references can describe a billion."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.confinement import place_of
from sparselbm.scene.usd.stage import resolver_context

if TYPE_CHECKING:
    from pxr import Sdf

MOST_COMPOSED = 1_000_000
"""Largest number of composed prims, counting each opinion on a prim: about a minute and some GB. Instances of prims
marked `instanceable` are composed once; they are counted during traversal."""


def require_composable(scene: Path) -> None:
    """Raises SceneError, before anything is composed, for a scene with more prims than `MOST_COMPOSED`.

    Variants count with all their choices. Unreadable layers and cycles count nothing: composition reports them.
    """
    from pxr import Ar

    with Ar.ResolverContextBinder(resolver_context(scene)):
        count = _Count()
        total = count.of(str(scene.resolve()), "/")
    if total > MOST_COMPOSED:
        raise SceneError(
            f"{count.largest}: with its references, the scene composes to {total:,} prims, above the limit of "
            f"{MOST_COMPOSED:,}; mark repeated prims instanceable, or use a PointInstancer"
        )


class _Count:
    """Number of prims below a prim of a layer, each counted once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}
        self._layers: dict[str, Sdf.Layer] = {}  # Layers close when no reference is left.
        self._specs: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self.largest, self._most = "/", 0

    def of(self, name: str, root: str) -> int:
        """Number of prim specs at and below `root` of the layer and its sublayers, with everything they refer to."""
        key = (name, root)
        if key not in self._known:
            self._known[key] = 0  # Value returned within a cycle.
            self._known[key] = self._counted(name, root)
        return self._known[key]

    def _counted(self, name: str, root: str) -> int:
        specs = self._specs_of(name)
        below = "/" if root == "/" else root + "/"
        total = 0
        for path, arcs in specs.items():
            if path == root or path.startswith(below) or path.startswith(root + "{"):
                within = 1 + sum(max(self.of(*arc) - 1, 0) for arc in arcs)  # The root of the target is this prim.
                total += within
                if within > self._most:
                    self.largest, self._most = path, within
        return total + sum(self.of(place_of(self._layers[name], asset), root) for asset in self._sublayers(name))

    def _sublayers(self, name: str) -> list[str]:
        return list(self._layers[name].subLayerPaths) if name in self._layers else []

    def _specs_of(self, name: str) -> dict[str, list[tuple[str, str]]]:
        """Prim specs of a layer, with the layers and prims that they refer to."""
        from pxr import Sdf, Tf

        if name in self._specs:
            return self._specs[name]
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        try:
            layer = Sdf.Layer.FindOrOpen(name)
        except Tf.ErrorException:
            layer = None
        if layer is not None:
            self._layers[name] = layer
            layer.Traverse("/", lambda path: self._look(layer, path, found))
        self._specs[name] = dict(found)
        return self._specs[name]

    def _look(self, layer: Sdf.Layer, path: Sdf.Path, found: dict[str, list[tuple[str, str]]]) -> None:
        if not (path.IsPrimPath() or path.IsPrimVariantSelectionPath()):
            return
        spec = layer.GetPrimAtPath(path)
        if spec is None:
            return
        arcs = found[str(path)]
        if spec.instanceable:
            return
        for arc in (*spec.referenceList.GetAddedOrExplicitItems(), *spec.payloadList.GetAddedOrExplicitItems()):
            target = place_of(layer, arc.assetPath) if arc.assetPath else layer.identifier
            arcs.append((target, str(arc.primPath) or self._default_prim(target)))

    def _default_prim(self, name: str) -> str:
        self._specs_of(name)
        layer = self._layers.get(name)
        return f"/{layer.defaultPrim}" if layer is not None and layer.defaultPrim else "/"

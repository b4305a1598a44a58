"""Number of prims that a scene composes to, counted on its layers: few nested references can describe a billion."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.confinement import place_of
from sparselbm.scene.usd.layers import open_layer, prim_specs
from sparselbm.scene.usd.stage import resolver_context

if TYPE_CHECKING:
    from pxr import Sdf

MOST_COMPOSED = 1_000_000
"""Largest number of composed prims, counting each opinion on a prim: about a minute and some GB. Instances of prims
marked `instanceable` are composed once; they are counted during traversal."""
MOST_ARCS = 100
"""Largest number of composition arcs in a row: OpenUSD needs 14 s for 1,000, and ends the process at some thousand."""
Arc = tuple[str, str]
"""Layer and path of the prim that another one refers to."""


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
    """Number of prims below a prim of a layer stack, each counted once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}
        self._layers: dict[str, Sdf.Layer] = {}  # Layers close when no reference is left.
        self._stacks: dict[str, list[tuple[str, list[Arc]]]] = {}
        self._depth = 0
        self.largest, self._most = "/", 0

    def of(self, name: str, root: str) -> int:
        """Number of prim specs at and below `root` of a layer and its sublayers, with everything they refer to.

        Raises SceneError for arcs through more than `MOST_ARCS` prims.
        """
        key = (name, root)
        if key not in self._known:
            if self._depth > MOST_ARCS:
                raise SceneError(
                    f"{root}: references, payloads, inherits and specializes lead through more than {MOST_ARCS} prims in a row; "
                    "refer to the last one itself"
                )
            self._known[key] = 0  # Value returned within a cycle.
            self._depth += 1
            self._known[key] = self._counted(name, root)
            self._depth -= 1
        return self._known[key]

    def _counted(self, name: str, root: str) -> int:
        total = 0
        for path, arcs in _at_and_below(self._stack_of(name), root):
            within = 1
            for arc in arcs:
                within += max(self.of(*arc) - 1, 0)  # The root of the target is this prim.
            total += within
            if within > self._most:
                self.largest, self._most = path, within
        return total

    def _stack_of(self, name: str) -> list[tuple[str, list[Arc]]]:
        """Prim specs of a layer and its sublayers, sorted by path, with the layers and prims that they refer to."""
        if name not in self._stacks:
            found, ahead, seen = [], [name], set()
            while ahead:
                each = ahead.pop()
                layer = None if each in seen else self._opened(each)
                seen.add(each)
                if layer is not None:
                    found += [(str(spec.path), self._arcs(layer, spec, name)) for spec in prim_specs(layer)]
                    ahead += [place_of(layer, asset) for asset in layer.subLayerPaths]
            self._stacks[name] = sorted(found, key=itemgetter(0))
        return self._stacks[name]

    def _opened(self, name: str) -> Sdf.Layer | None:
        layer = self._layers.get(name) or open_layer(name)
        if layer is not None:
            self._layers[name] = layer
        return layer

    def _arcs(self, layer: Sdf.Layer, spec: Sdf.PrimSpec, stack: str) -> list[Arc]:
        """Targets of a prim; those without a file are in its own layer stack."""
        if spec.instanceable:
            return []
        classes = (*spec.inheritPathList.GetAddedOrExplicitItems(), *spec.specializesList.GetAddedOrExplicitItems())
        arcs = [(stack, str(path)) for path in classes]
        for arc in (*spec.referenceList.GetAddedOrExplicitItems(), *spec.payloadList.GetAddedOrExplicitItems()):
            target = place_of(layer, arc.assetPath) if arc.assetPath else stack
            arcs.append((target, str(arc.primPath) or self._default_prim(target)))
        return arcs

    def _default_prim(self, name: str) -> str:
        layer = self._opened(name)
        return f"/{layer.defaultPrim}" if layer is not None and layer.defaultPrim else "/"


def _at_and_below(specs: list[tuple[str, list[Arc]]], root: str) -> Iterator[tuple[str, list[Arc]]]:
    """The specs at and below a path, those of its variants too, of a list that is sorted by path."""
    if root == "/":
        yield from specs
        return
    for low, high in ((root, root + "\0"), (root + "/", root + "0"), (root + "{", root + "|")):
        yield from specs[bisect_left(specs, low, key=itemgetter(0)) : bisect_left(specs, high, key=itemgetter(0))]

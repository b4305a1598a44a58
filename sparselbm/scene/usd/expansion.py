"""Number of prims that a scene composes to, counted on its layers: few nested references can describe a billion."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import math
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
MOST_LAYERS = 1_000
"""Largest number of layers in a stack, counting each as often as it is named as a sublayer, and in a row: some seconds."""
MOST_CLIPS = 20_000
"""Largest number of files that a template of value clips stands for: OpenUSD looks for each of them, in about a second."""
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
        self._times = _ClipTimes()
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
            found, ahead, below = [], [name], {}
            while ahead:
                each = ahead.pop()
                layer = None if each in below else self._opened(each)
                below.setdefault(each, [])
                if layer is not None:
                    for spec in prim_specs(layer):
                        self._times.add(spec)
                        found.append((str(spec.path), self._arcs(layer, spec, name)))
                    below[each] = [place_of(layer, asset) for asset in layer.subLayerPaths]
                    ahead += below[each]
                    _require_few_layers(name, len(below))
            _require_few_layers(name, _layers_in(name, below))
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


class _ClipTimes:
    """Times of the templates of value clips. Metadata of several layers are combined, so that the most times of all count."""

    def __init__(self) -> None:
        self._start, self._end, self._stride = math.inf, -math.inf, math.inf

    def add(self, spec: Sdf.PrimSpec) -> None:
        """Raises SceneError for a template of more files than `MOST_CLIPS`."""
        sets = spec.GetInfo("clips") if spec.HasInfo("clips") else {}
        for each in sets.values():
            start, end, stride = (each.get(f"template{name}") for name in ("StartTime", "EndTime", "Stride"))
            self._start = min(self._start, math.inf if start is None else start)
            self._end = max(self._end, -math.inf if end is None else end)
            self._stride = min(self._stride, math.inf if stride is None else stride)
            count = self._count()
            if not count <= MOST_CLIPS:
                raise SceneError(
                    f"{spec.path}: its value clips stand for {count:.3g} files, from {self._start:g} to {self._end:g} in steps "
                    f"of {self._stride:g}, above the limit of {MOST_CLIPS:,}: use a larger templateStride"
                )

    def _count(self) -> float:
        length = self._end - self._start
        if math.isinf(self._stride) or length == -math.inf:
            return 0.0
        return length / self._stride if self._stride > 0.0 else math.inf


def _layers_in(name: str, below: dict[str, list[str]]) -> int:
    """Number of layers in a stack, each as often as it is named. `below`: sublayers by layer; one within itself counts once."""
    known: dict[str, int] = {}
    ahead = [name]
    while ahead:
        each = ahead[-1]
        if each not in known:
            known[each] = 0  # Value within a ring.
            ahead += [one for one in below[each] if one not in known]
        else:
            known[ahead.pop()] = min(1 + sum(known[one] for one in below[each]), MOST_COMPOSED)
    return known[name]


def _require_few_layers(name: str, count: int) -> None:
    if count > MOST_LAYERS:
        raise SceneError(
            f"{name}: its sublayers are {count:,} layers, counting each as often as it is named, above the limit of "
            f"{MOST_LAYERS:,}; flatten the scene"
        )


def _at_and_below(specs: list[tuple[str, list[Arc]]], root: str) -> Iterator[tuple[str, list[Arc]]]:
    """The specs at and below a path, those of its variants too, of a list that is sorted by path."""
    if root == "/":
        yield from specs
        return
    for low, high in ((root, root + "\0"), (root + "/", root + "0"), (root + "{", root + "|")):
        yield from specs[bisect_left(specs, low, key=itemgetter(0)) : bisect_left(specs, high, key=itemgetter(0))]

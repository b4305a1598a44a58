"""Notes on layers whose unit, vertical axis or rate differs from the stage's: only those of the root layer count.

OpenUSD rescales the time codes of such a layer, but neither its lengths nor its axes, and neither does the reader.
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import os
import posixpath
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.scene.usd.body import Body
from sparselbm.scene.usd.report import Note, size_text
from sparselbm.scene.usd.traversal import Found

if TYPE_CHECKING:
    from pxr import Sdf, Usd

_NAMED = 3
"""Most layers that a note names."""
_SAME = 1e-3
"""Relative difference up to which scales and directions count as equal."""


@dataclass(frozen=True)
class _Metadata:
    """Unit and vertical axis of a layer."""

    metres_per_unit: float
    up_axis: str

    @classmethod
    def of(cls, layer: Sdf.Layer, default: _Metadata) -> _Metadata:
        """Metadata of a layer, with default values for what it does not have."""
        root = layer.pseudoRoot
        unit = root.GetInfo("metersPerUnit") if root.HasInfo("metersPerUnit") else default.metres_per_unit
        axis = root.GetInfo("upAxis") if root.HasInfo("upAxis") else default.up_axis
        return cls(float(unit), str(axis))


def layer_doubts(stage: Usd.Stage, pieces: Iterable[tuple[Found, Body]], metres_per_unit: float) -> list[Note]:
    """Notes on the bodies with opinions from layers whose metadata differ from the stage's; one for equal differences.

    `metres_per_unit`: length of a unit with which the stage was read [m]. A scale and a rotation that already convert the layer
    to the stage's unit and axis are recognised.
    """
    own, differing = _differing(stage)
    layers, folder = _Layers(frozenset(differing)), Path(stage.GetRootLayer().realPath).parent
    groups: dict[tuple[str, str], tuple[list[Body], dict[str, None]]] = defaultdict(lambda: ([], {}))
    for found, body in pieces if differing else ():
        for name in layers.above(found.prim):
            difference = _difference(differing[name], own, found.matrix / metres_per_unit)
            if any(difference):
                bodies, names = groups[difference]
                bodies.append(body)
                names[name] = None
    notes = [_note(*difference, bodies, _listed(list(names), folder)) for difference, (bodies, names) in groups.items()]
    return [*notes, *_rates(stage, folder)]


def _differing(stage: Usd.Stage) -> tuple[_Metadata, dict[str, _Metadata]]:
    """Metadata of the stage, and those of the layers in which they differ.

    A sublayer that says nothing is meant as the root layer, any other layer has OpenUSD's defaults.
    """
    from pxr import UsdGeom

    usual = _Metadata(0.01, str(UsdGeom.GetFallbackUpAxis()))
    own, stack = _Metadata.of(stage.GetRootLayer(), usual), set(stage.GetLayerStack())
    found = {layer.identifier: _Metadata.of(layer, own if layer in stack else usual) for layer in stage.GetUsedLayers()}
    return own, {name: data for name, data in found.items() if data != own}


class _Layers:
    """Differing layers with opinions on a prim or on those above it, looked up once per prim."""

    def __init__(self, names: frozenset[str]):
        self._names = names
        self._known: dict[Sdf.Path, dict[str, None]] = {}

    def above(self, prim: Usd.Prim) -> dict[str, None]:
        path = prim.GetPath()
        if path not in self._known:
            parent = {} if prim.IsPseudoRoot() else self.above(prim.GetParent())
            here = (spec.layer.identifier for spec in prim.GetPrimStack())
            self._known[path] = {**parent, **dict.fromkeys(name for name in here if name in self._names)}
        return self._known[path]


def _difference(layer: _Metadata, own: _Metadata, to_stage: np.ndarray) -> tuple[str, str]:
    """Unit and axis of a layer, and of the stage, as far as the transform (4, 4) from the prim to the stage's units does not
    convert one to the other."""
    theirs, ours, ratio = [], [], layer.metres_per_unit / own.metres_per_unit
    scale = float(np.cbrt(abs(np.linalg.det(to_stage[:3, :3]))))
    if abs(ratio - 1.0) > _SAME and abs(scale / ratio - 1.0) > _SAME:
        theirs.append(f"metersPerUnit {layer.metres_per_unit:g}")
        ours.append(f"metersPerUnit {own.metres_per_unit:g}")
    up = to_stage[:3, "XYZ".index(layer.up_axis)]
    if layer.up_axis != own.up_axis and up["XYZ".index(own.up_axis)] < (1.0 - _SAME) * np.linalg.norm(up):
        theirs.append(f"upAxis {layer.up_axis}")
        ours.append(f"upAxis {own.up_axis}")
    return " and ".join(theirs), " and ".join(ours)


def _note(theirs: str, ours: str, bodies: list[Body], layers: str) -> Note:
    low = np.min([body.mesh.bounds[0] for body in bodies], axis=0)
    high = np.max([body.mesh.bounds[1] for body in bodies], axis=0)
    return Note(
        posixpath.commonpath([body.path for body in bodies]),
        f"it comes from {layers} with {theirs}, but the stage has {ours}. Only the stage's metadata count, and nothing is "
        f"converted: it is read as {size_text(high - low)}. If that is wrong, scale and rotate the prim that refers to it",
    )


def _listed(names: list[str], folder: Path) -> str:
    shown = [os.path.relpath(name, folder) for name in names[:_NAMED]]
    more = f" and {len(names) - _NAMED} more layers" if len(names) > _NAMED else ""
    return ", ".join(shown) + more


def _rates(stage: Usd.Stage, folder: Path) -> list[Note]:
    """A note on animated layers with other time codes per second than the stage, whose samples OpenUSD rescales."""
    own, groups = stage.GetTimeCodesPerSecond(), defaultdict(list)
    for layer in stage.GetUsedLayers():
        rate = layer.timeCodesPerSecond
        if rate != own and layer.ListAllTimeSamples():
            groups[rate].append(layer.identifier)
    return [
        Note(
            "/", f"timeCodesPerSecond is {rate:g} in {_listed(names, folder)}, but {own:g} on the stage: OpenUSD multiplies the "
            f"time codes there by {own / rate:g}, and the times given here are the stage's"
        )
        for rate, names in groups.items()
    ]

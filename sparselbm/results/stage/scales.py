"""Colour ranges of the fields of a results stage: the same for all drawings and all times."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.files.state_file import State
from sparselbm.results.stage import drawings
from sparselbm.results.stage.colour import ColourRange, colours, places_on_map, range_of, values_at
from sparselbm.results.stage.layers import LayerPair
from sparselbm.results.stage.legend import draw_picture, place_legend
from sparselbm.results.stage.looks import Look

if TYPE_CHECKING:
    from pxr import Sdf


_COLOURED = "sparselbm:coloured"
"""Mark of layers whose drawings have the colours of all frames."""


class Scales:
    """Colour range and legend label of each field.

    Drawings are coloured by the first range of a field. In a flow over time later frames can exceed it; at the end all frames
    are coloured again by the range of the whole window (`unify`).
    """

    def __init__(self, layers: LayerPair, pictures: dict[str, Callable[[Path], None]], root: str):
        """`pictures`: functions that draw the pictures beside the stage, by file name; `root`: prim of the drawings."""
        self._layers, self._pictures, self._root = layers, pictures, root
        self._limits: dict[str, ColourRange] = {}
        self._labels: dict[str, str] = {}
        self.is_fixed = True
        """Whether the first ranges remain; else texture coordinates are not clipped until `unify`, so that they keep values."""
        self._seen: dict[str, list[tuple[int, ColourRange]]] = {}
        self._prims: dict[str, str] = {}

    def see(self, field: str, limits: ColourRange, label: str, frame: int) -> None:
        """Notes the range of a field in a frame. The first one colours the drawings; it also places a legend.

        The range of a field with a single value, such as that of a flow at rest, is widened by 1, so that colours keep values.
        """
        self._seen.setdefault(field, []).append((frame, limits))
        if field in self._limits:
            return
        from pxr import UsdGeom

        stage, group = self._layers.stage, f"{self._root}/Camera/Legends"
        mesh = UsdGeom.Mesh.Define(stage, drawings.path_of(stage, group, field))
        place_legend(mesh, UsdGeom.Camera(stage.GetPrimAtPath(f"{self._root}/Camera")), len(self._limits))
        self._limits[field], self._labels[field] = _widened(limits), label
        Look(f"{self._root}/Looks/Legend_{field}", f"./{self._draw_legend(field)}", lit=False).bind(mesh.GetPrim())

    def shows(self, path: str, field: str, limits: ColourRange | None) -> ColourRange | None:
        """Range of a field on a prim; one that has no range of its own is coloured by that of the field, and again at the end."""
        if limits is None and field in self._limits:
            self._prims[path] = field
            return self._limits[field]
        return limits

    def expect_frames(self) -> None:
        """Announces frames of a flow over time, whose ranges are known at the end only: call `unify` then."""
        self.is_fixed = False

    def saved(self) -> State:
        """The ranges so far, their labels, and what is coloured by them."""
        return {"limits": self._limits, "labels": self._labels, "seen": self._seen, "prims": self._prims, "fixed": self.is_fixed}

    def restore(self, state: State) -> None:
        """Takes over what `saved` has returned."""
        self._limits = {field: tuple(limits) for field, limits in state["limits"].items()}
        self._labels, self._prims, self.is_fixed = state["labels"], state["prims"], state["fixed"]
        self._seen = {field: [(frame, tuple(limits)) for frame, limits in seen] for field, seen in state["seen"].items()}

    def unify(self, begin: float) -> None:
        """Colours everything by the range of each field over the frames from a time code on. Save the stage afterwards."""
        whole = self._whole(self._layers.clips.number_at(begin))
        self._layers.change_all(lambda layer: self._recolour(layer, whole))
        self._limits |= whole
        self.is_fixed = True
        for field in whole:
            self._draw_legend(field)

    def _draw_legend(self, field: str) -> str:
        """Draws the legend of a field with the next save; returns the name of its picture."""
        name = f"{self._layers.case_name}_legend_{field}.png"
        limits, label = self._limits[field], self._labels[field]
        self._pictures[name] = lambda path: draw_picture(path, label, limits)
        return name

    def _whole(self, first: int) -> dict[str, ColourRange]:
        """Ranges over all frames from a number on, or over all if the field is not in them."""
        found = {}
        for field, seen in self._seen.items():
            later = [limits for frame, limits in seen if frame >= first] or [limits for _, limits in seen]
            found[field] = _widened(range_of(min(low for low, _ in later), max(high for _, high in later)))
        return found

    def _recolour(self, layer: Sdf.Layer, whole: dict[str, ColourRange]) -> bool:
        """Colours the drawings of a layer by other ranges, at all times; returns whether there were any."""
        changed, known = False, dict(layer.customLayerData)
        if _COLOURED in known:  # By a run that ended before it was complete, and was resumed.
            return False
        for path, field in self._prims.items():
            prim = layer.GetPrimAtPath(path)
            if prim is not None:
                changed |= _recolour_prim(layer, prim, self._limits[field], whole[field])
        if changed:
            layer.customLayerData = {**known, _COLOURED: True}
        return changed


def _widened(limits: ColourRange) -> ColourRange:
    """A range that is not a single value."""
    low, high = limits
    return low, high if high > low else low + 1.0


def _recolour_prim(layer: Sdf.Layer, prim: Sdf.PrimSpec, old: ColourRange, new: ColourRange) -> bool:
    """Colours a prim by its texture coordinates, or by its colours where it has none; grey points, without a value, stay grey."""
    places = [each for each in prim.properties if each.name in ("primvars:st", "primvars:st_field")]
    shown = prim.properties.get("primvars:displayColor")
    for coordinates in places:
        for time in (None, *layer.ListTimeSamplesForPath(coordinates.path)):
            data = coordinates.default if time is None else layer.QueryTimeSample(coordinates.path, time)
            if data is None:
                continue
            values = values_at(np.asarray(data), old)
            _set(layer, coordinates, time, places_on_map(values, new))
            before = None if shown is None else shown.default if time is None else layer.QueryTimeSample(shown.path, time)
            if before is not None and len(before) == len(values):
                fresh, kept = colours(values, new), np.ptp(np.asarray(before), axis=1) == 0.0
                fresh[kept] = np.asarray(before)[kept]
                _set(layer, shown, time, fresh)
    return bool(places)


def _set(layer: Sdf.Layer, attribute: Sdf.AttributeSpec, time: float | None, values: np.ndarray) -> None:
    from pxr import Vt

    array = (Vt.Vec2fArray if values.shape[1] == 2 else Vt.Vec3fArray).FromNumpy(np.ascontiguousarray(values, np.float32))
    if time is None:
        attribute.default = array
    else:
        layer.SetTimeSample(attribute.path, time, array)

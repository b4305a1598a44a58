"""Drawings with the fields that a case names."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..fields import CellField, Quantity
from .drawing import Drawing
from .slice import Slice
from .surface import SurfaceValues
from .volumes import VolumeGrids


def with_fields(drawings: Iterable[Drawing], fields: Sequence[Quantity]) -> tuple[Drawing, ...]:
    """The drawings with these fields: a slice for each of the cells' fields in place of each slice, values on surfaces, and grids
    in volumes. Others are unchanged; so are all without fields."""
    cells = tuple(each for each in fields if isinstance(each, CellField))
    walls = tuple(each for each in fields if each.on_surfaces)
    found: list[Drawing] = []
    for drawing in drawings:
        if isinstance(drawing, Slice) and cells:
            found += [replace(drawing, quantity=each) for each in cells]
        elif isinstance(drawing, SurfaceValues) and walls:
            found.append(replace(drawing, fields=walls))
        elif isinstance(drawing, VolumeGrids) and cells:
            found.append(replace(drawing, fields=cells))
        else:
            found.append(drawing)
    return tuple(found)

"""Openings of a case on parts of the sides of its box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from ..errors import CaseError, WindTunnelError
from ..flows import Part, PartInlet, PartOutlet
from ..geometry import TriangleMesh
from .entry import spelt
from .parts import CaseOpening
from .source import Source

if TYPE_CHECKING:
    from ..scene.usd import Scene

_ALLOWED = ("kind", "velocity", "flow_rate", "direction", "pressure")
"""Settings of an opening on a part of a side."""


def unplaced_parts(openings: Mapping[str, CaseOpening], source: Source) -> tuple[Part, ...]:
    """The openings before the scene is read, on a box of 1 m in place of their prims.

    Raises CaseError for settings that an opening on a part of a side does not have, or that contradict each other.
    """
    for path, each in openings.items():
        for name in (each.name for each in fields(CaseOpening)):
            value = getattr(each, name)
            if value == getattr(CaseOpening(), name):
                continue
            place = source.place("opening", spelt(name), path)
            if name not in _ALLOWED:
                raise CaseError(
                    f"{place} is {value}, which an opening on a part of a side does not have: remove it, or, if the prim is the "
                    "cap of a surface that encloses the fluid, give this surface the role fluidVolume"
                )
            if name in ("velocity", "flow_rate", "pressure") and not isinstance(value, float):
                raise CaseError(f"{place} varies in time, but is constant on a part of a side: give one number")
    stand_in = TriangleMesh.box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    return tuple(_part(path, each, stand_in, source) for path, each in openings.items())


def parts_of(openings: Mapping[str, CaseOpening], scene: Scene, source: Source) -> dict[str, Part]:
    """The openings by the prim path, with the surfaces of the scene."""
    return {path: _part(path, each, scene.body(path).mesh, source) for path, each in openings.items()}


def _part(path: str, opening: CaseOpening, mesh: TriangleMesh, source: Source) -> Part:
    if opening.kind == "outlet":
        return PartOutlet(mesh=mesh, pressure=opening.pressure)  # type: ignore[arg-type]
    try:
        return PartInlet(
            mesh=mesh, velocity=opening.velocity, flow_rate=opening.flow_rate, direction=opening.direction,  # type: ignore[arg-type]
        )
    except WindTunnelError as error:
        name = "velocity" if opening.velocity is None else "direction"
        raise CaseError(f"{source.place('opening', name, path)}: {error}") from None

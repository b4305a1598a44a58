"""Computational domain and reference quantities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import WindTunnel
from ..entry import CasePart, entry
from ..kinds import NUMBER, VECTOR
from .vector import Vector


@dataclass(frozen=True, kw_only=True)
class CaseDomain(CasePart):
    """Computational domain and cell size. L is the largest extent across the flow of the design obstacle's part in the box.

    A fluid volume has no box: only the cell size applies.
    """

    space: ClassVar[str] = "domain"

    voxel_size: float | None = entry(
        NUMBER, None, "Cell size [m], for an image the edge of a voxel. Not set: L / 16, a twelfth of the narrowest opening of a "
        "fluid volume, or the size that the file of the image stores.", above=0.0, unit="m",
    )
    upstream: float = entry(
        NUMBER, WindTunnel.upstream, "Distance from the inlet to the obstacle along the main axis of the stream, which is that "
        "of its largest component [L].", above=0.0, option=False,
    )
    downstream: float = entry(
        NUMBER, WindTunnel.downstream, "Distance from the obstacle to the outlet along the main axis of the stream [L].",
        above=0.0, option=False,
    )
    side: float = entry(
        NUMBER, WindTunnel.side, "Distance from the obstacle to each other side [L].", above=0.0, option=False
    )
    lower: Vector | None = entry(
        VECTOR, None, "Lower corner of the box [m].", instead_of=("upstream", "downstream", "side"), option=False
    )
    upper: Vector | None = entry(
        VECTOR, None, "Upper corner of the box [m]; it is moved outwards to whole tiles of 8 cells.",
        instead_of=("upstream", "downstream", "side"), option=False,
    )


@dataclass(frozen=True, kw_only=True)
class CaseReference(CasePart):
    """Reference quantities of the coefficients of a body. A fluid volume has none of its own."""

    space: ClassVar[str] = "reference"

    length: float | None = entry(
        NUMBER, None, "Reference length of the Reynolds and Strouhal numbers [m]. Not set: the largest extent across the flow of "
        "the design obstacle's part in the box.", above=0.0, unit="m", option="reference_length",
    )
    area: float | None = entry(
        NUMBER, None, "Reference area of force coefficients [m2]. Not set: the silhouette along the flow of the design "
        "obstacle's part in the box.", above=0.0, unit="m2", option="reference_area",
    )
    moment_centre: Vector | None = entry(
        VECTOR, None, "Point to which moments refer [m]; their coefficients refer to area and length. Not set: the centre of the "
        "bounding box of the design obstacle's part in the box."
    )

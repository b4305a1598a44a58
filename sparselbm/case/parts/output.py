"""Where results are written, which fields they contain, and how often restart files are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...results.fields import FIELDS
from ..entry import CasePart, entry
from ..kinds import NUMBER, TEXT, TEXTS, VECTOR
from .vector import Vector

_NAMES = ", ".join(each.name for each in FIELDS)


@dataclass(frozen=True, kw_only=True)
class CaseOutput(CasePart):
    """Where results are written, which fields they contain, and how often restart files are written."""

    space: ClassVar[str] = "output"

    folder: str | None = entry(
        TEXT,
        None,
        "Folder of the results, inside the case's folder; optimize and gradcheck append their names to it. Not set: "
        "results/NAME_OF_THE_CASE in the working directory.",
        option=False,
    )
    fields: tuple[str, ...] | None = entry(
        TEXTS, None, "Fields that slices, surfaces, volumes and exports have, by the names in the results: a list of "
        f"{_NAMES} and the names of scalars. Volumes always have velocity, pressure and scalars. Not set: speed on slices, "
        "pressure and wall shear stress on surfaces.",
    )
    volumes_every: float | None = entry(
        NUMBER, None, "Interval at which volumes are stored [s], a multiple of outputEvery. Not set: at each output.", above=0.0,
        unit="s",
    )
    volume_prim: str | None = entry(
        TEXT, None, "Prim whose bounding box limits the volumes that are stored at each output, such as a cube of purpose guide. "
        "Those of the end are always whole, so that other runs can start from them. Not set: the whole domain.",
        instead_of=("volumeLower", "volumeUpper"),
    )
    volume_lower: Vector | None = entry(
        VECTOR, None, "Lower corner of the box that limits the volumes that are stored at each output [m].", option=False
    )
    volume_upper: Vector | None = entry(VECTOR, None, "Upper corner of this box [m].", option=False)
    restart_every: float = entry(
        NUMBER, 10.0, "Interval of wall time at which a restart file is written [min], from which --resume continues an "
        "interrupted run bit for bit; inf: none.", above=0.0,
    )

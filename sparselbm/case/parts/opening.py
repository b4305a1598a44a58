"""Openings of a fluid volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..entry import CasePart, entry
from ..kinds import NUMBER, TOKEN


@dataclass(frozen=True, kw_only=True)
class CaseOpening(CasePart):
    """Inlet or outlet of a fluid volume; the schema is applied to the prim of the cap that covers the opening.

    The cap lies on the surface and ends at its rim; it may be tilted. At least one inlet and one outlet are required.
    """

    space: ClassVar[str] = "opening"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    kind: str | None = entry(
        TOKEN, None, "inlet: fluid enters along the cap's normal; outlet: fluid leaves, or enters, at a specified pressure.",
        allowed=("inlet", "outlet"), required=True,
    )
    velocity: float | None = entry(NUMBER, None, "Mean inflow velocity [m/s].", only=("inlet",), above=0.0)
    flow_rate: float | None = entry(
        NUMBER, None, "Volumetric inflow rate [m3/s].", only=("inlet",), above=0.0, instead_of=("velocity",)
    )
    profile: str = entry(
        TOKEN, "uniform", "uniform: the same velocity everywhere; laminar: fully developed flow through the cap's own shape, "
        "which must be flat.", allowed=("uniform", "laminar"), only=("inlet",),
    )
    pressure: float = entry(
        NUMBER, 0.0, "Pressure at the outlet [Pa]; only differences between outlets matter.", only=("outlet",)
    )

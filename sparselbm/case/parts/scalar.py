"""Scalars that the flow carries, and their conditions on surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import FlowScalar
from ..entry import CasePart, entry
from ..kinds import NUMBER, TOKEN


@dataclass(frozen=True, kw_only=True)
class CaseScalar(CasePart):
    """Scalar that the flow carries, such as temperature: any name, any unit of its own (phi), such as K.

    Diffusivity or Prandtl number is required. The scalar enters at inlets with one value, leaves through outlets, and all other
    surfaces are insulated; SparselbmConditionAPI gives a surface another condition, and an inlet another value.
    """

    space: ClassVar[str] = "scalar"
    instances: ClassVar[None] = None
    example: ClassVar[str] = "temperature"

    diffusivity: float | None = entry(NUMBER, None, "Diffusivity D [m2/s].", above=0.0, unit="m2/s")
    prandtl: float | None = entry(
        NUMBER, None, "Prandtl or Schmidt number nu / D.", above=0.0, instead_of=("diffusivity",)
    )
    initial: float = entry(NUMBER, FlowScalar.initial, "Initial value [phi].")
    inflow: float | None = entry(
        NUMBER, None, "Value at the inlets that have no condition of their own [phi]. Not set: the initial value."
    )
    expansion: float = entry(
        NUMBER, FlowScalar.expansion, "Volumetric expansion coefficient [1/phi] of the buoyancy, which requires force:gravity; "
        "0: no buoyancy.",
    )
    reference: float | None = entry(NUMBER, None, "Value without buoyancy [phi]. Not set: that of the inflow.")
    heat_capacity: float | None = entry(
        NUMBER, None, "Heat capacity per volume rho c_p of the fluid [J/(m3 K)], for heat releases in W.", above=0.0
    )


@dataclass(frozen=True, kw_only=True)
class CaseCondition(CasePart):
    """Condition of a scalar on a surface or at an inlet; the name of the instance is that of the scalar.

    The schema is applied to the prim of a body, of a fluid volume or of an inlet; for a side of the box to any prim, under the
    names of the side and the scalar, such as zMin:temperature. Surfaces without it are insulated; inlets have the scalar's value.
    """

    space: ClassVar[str] = "condition"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True
    is_named: ClassVar[bool] = True
    example: ClassVar[str] = "zMin:temperature"

    kind: str = entry(
        TOKEN, "value",
        "value: fixed value, the only kind at openings on prims; flux: fixed flux into the fluid, from a body or a side of the "
        "box; outflow: no gradient, so that the flow takes the scalar along, on sides of the box only; conduction: a solid body "
        "that conducts the scalar. Flux and conduction of a body require solver:wall partiallySaturated.",
        allowed=("value", "flux", "outflow", "conduction"),
    )
    value: float | None = entry(
        NUMBER, None, "Value at the surface, or of the fluid that enters at an inlet [phi].", only=("value",), required=True
    )
    flux: float | None = entry(NUMBER, None, "Flux into the fluid [phi m/s].", only=("flux",))
    heat_flux: float | None = entry(
        NUMBER, None, "Heat flux into the fluid [W/m2]; requires the heat capacity of the scalar.", only=("flux",),
        instead_of=("flux",),
    )
    release: float | None = entry(
        NUMBER, None, "Total release of a body [phi m3/s], by one flux over all of its surface in the fluid.", only=("flux",),
        instead_of=("flux", "heatFlux"),
    )
    power: float | None = entry(
        NUMBER, None, "Total heat release of a body [W]; requires the heat capacity of the scalar.", only=("flux",),
        instead_of=("flux", "heatFlux", "release"),
    )
    conductivity: float | None = entry(
        NUMBER, None, "Conductivity k of the body [W/(m K)]; requires the heat capacity of the scalar.", only=("conduction",),
        above=0.0,
    )
    conductivity_ratio: float | None = entry(
        NUMBER, None, "Conductivity of the body over that of the fluid.", only=("conduction",), above=0.0,
        instead_of=("conductivity",),
    )
    heat_capacity: float | None = entry(
        NUMBER, None, "Heat capacity per volume rho c_p of the body [J/(m3 K)]; requires that of the scalar. Not set: that of "
        "the fluid, which suffices for a steady flow.", only=("conduction",), above=0.0,
    )
    heat_capacity_ratio: float | None = entry(
        NUMBER, None, "Heat capacity per volume of the body over that of the fluid.", only=("conduction",), above=0.0,
        instead_of=("heatCapacity",),
    )

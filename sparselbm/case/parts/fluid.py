"""Properties of the fluid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import WindTunnel
from ...models import rheology
from ...models.collision import Collision
from ..entry import CasePart, entry, model_entry
from ..kinds import NUMBER
from ..model_kind import Models


@dataclass(frozen=True, kw_only=True)
class CaseFluid(CasePart):
    """Properties of the fluid."""

    space: ClassVar[str] = "fluid"

    density: float = entry(NUMBER, WindTunnel.density, "Density [kg/m3].", above=0.0, unit="kg/m3")
    reynolds: float | None = entry(
        NUMBER,
        None,
        "Reynolds number u L / nu, with the velocity u of the free stream and the reference length L, by default the design "
        "obstacle's largest extent across the flow; in a fluid volume with the mean velocity u and the hydraulic diameter "
        f"L = 4 A / P of the inlet. Not set: {WindTunnel.reynolds:g}, or that of the viscosity. With the viscosity and without "
        "a velocity it gives the velocity of the free stream.",
        above=0.0,
    )
    rheology: str | None = model_entry(
        Models.of(rheology, Collision, given=1), None,
        "Law of the viscosity of a non-Newtonian fluid. The viscosity, or that of the Reynolds number, is then the nominal one, "
        "and nu_0 of Carreau. Not set: a Newtonian fluid.",
    )
    viscosity: float | None = entry(
        NUMBER, None, "Kinematic viscosity nu [m2/s]. Not set: that of the Reynolds number.", above=0.0, unit="m2/s"
    )
    dynamic_viscosity: float | None = entry(
        NUMBER, None, "Dynamic viscosity mu = rho nu [Pa s].", above=0.0, instead_of=("viscosity",), unit="Pa s"
    )

    @property
    def kinematic_viscosity(self) -> float | None:
        """nu [m^2 / s]; None: from the Reynolds number."""
        return self.viscosity if self.dynamic_viscosity is None else self.dynamic_viscosity / self.density

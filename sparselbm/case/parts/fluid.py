"""Properties of the fluid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import WindTunnel
from ..entry import CasePart, entry
from ..kinds import NUMBER


@dataclass(frozen=True, kw_only=True)
class CaseFluid(CasePart):
    """Properties of the fluid."""

    space: ClassVar[str] = "fluid"

    density: float = entry(NUMBER, WindTunnel.density, "Density [kg/m3].", above=0.0, unit="kg/m3")
    reynolds: float = entry(
        NUMBER,
        WindTunnel.reynolds,
        "Reynolds number u L / nu, with the inlet velocity u and the reference length L, by default the design obstacle's "
        "largest extent across the flow; in a fluid volume with the mean velocity u and the hydraulic diameter L = 4 A / P of "
        "the inlet.",
        above=0.0,
    )
    viscosity: float | None = entry(
        NUMBER, None, "Kinematic viscosity nu [m2/s].", above=0.0, instead_of=("reynolds",), unit="m2/s"
    )
    dynamic_viscosity: float | None = entry(
        NUMBER, None, "Dynamic viscosity mu = rho nu [Pa s].", above=0.0, instead_of=("reynolds", "viscosity"), unit="Pa s"
    )

    @property
    def kinematic_viscosity(self) -> float | None:
        """nu [m^2 / s]; None: from the Reynolds number."""
        return self.viscosity if self.dynamic_viscosity is None else self.dynamic_viscosity / self.density

"""Thermal properties of a solid body in SI units, or as ratios to those of the fluid."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...errors import UnitsError, require_positive
from ...models.scalar import BodyConduction


@dataclass(frozen=True, kw_only=True)
class SolidConduction:
    """Solid that conducts a scalar: conductivity and heat capacity, each in SI units or as a ratio to that of the fluid.

    A conductivity is required. Without a heat capacity the solid has that of the fluid, which suffices for steady flows: they
    do not depend on it, and become steady sooner with a small one. Raises UnitsError for values that are missing, given twice or
    out of range.
    """

    conductivity: float | None = None
    """Conductivity k [W/(m K)]; requires the heat capacity of the scalar."""
    conductivity_ratio: float | None = None
    """k over that of the fluid."""
    heat_capacity: float | None = None
    """Heat capacity per volume rho c_p [J/(m^3 K)]; requires that of the scalar."""
    heat_capacity_ratio: float | None = None
    """rho c_p over that of the fluid."""

    def __post_init__(self):
        for each in fields(self):
            if getattr(self, each.name) is not None:
                unit = {"conductivity": "W/(m K)", "heat_capacity": "J/(m^3 K)"}.get(each.name, "")
                require_positive(f"{each.name} of a solid", getattr(self, each.name), unit, UnitsError)
        for name in ("conductivity", "heat_capacity"):
            if getattr(self, name) is not None and getattr(self, f"{name}_ratio") is not None:
                raise UnitsError(f"{name} and {name}_ratio of a solid are both given: give one of them")
        if self.conductivity is None and self.conductivity_ratio is None:
            raise UnitsError("a solid that conducts needs a conductivity [W/(m K)] or a conductivity_ratio: give one of them")

    def on(self, body: str, diffusivity: float, heat_capacity: float | None) -> BodyConduction:
        """The model on a body; `diffusivity` [m^2/s], `heat_capacity` [J/(m^3 K)]: of the fluid.

        Raises UnitsError where a value in SI units needs the heat capacity of the fluid and there is none.
        """
        given = [name for name in ("conductivity", "heat_capacity") if getattr(self, name) is not None]
        if given and heat_capacity is None:
            raise UnitsError(
                f"{' and '.join(given)} of the body {body} in SI units require the heat capacity of the scalar: give it, or "
                f"{' and '.join(f'{name}_ratio' for name in given)}"
            )
        conductivity, capacity = self.conductivity_ratio, self.heat_capacity_ratio or 1.0
        if self.heat_capacity is not None:
            capacity = self.heat_capacity / heat_capacity  # type: ignore[operator]
        if conductivity is None:
            conductivity = self.conductivity / (diffusivity * heat_capacity)  # type: ignore[operator]
        return BodyConduction(body, conductivity, capacity)

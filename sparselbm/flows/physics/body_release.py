"""Total amount of a scalar that a body releases, such as the power of an electronic part."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import UnitsError
from ...models.scalar import BodyFlux
from ...observe import ScalarRelease, evaluate
from ...solver import Simulation
from ...units import Units


@dataclass(frozen=True, kw_only=True)
class BodyRelease:
    """Body that releases a scalar at a given rate, by one flux over all of its surface that is in contact with the fluid.

    Raises UnitsError for a rate that is not finite.
    """

    rate: float
    """Rate [phi m^3/s]: the power [W] over the heat capacity of the fluid [J/(m^3 K)]."""

    def __post_init__(self):
        if not math.isfinite(self.rate):
            raise UnitsError(f"the rate of release of a body is {self.rate} phi m^3/s: it must be finite")

    def on(self, body: str) -> BodyFlux:
        """The model on a body, with a flux of 1 until `begin` knows the area."""
        return BodyFlux(body, 1.0)

    def begin(self, simulation: Simulation, units: Units, scalar: str, body: str) -> None:
        """Sets the flux with which the body releases exactly the rate: its cut cells have a few per cent less area than a surface
        with sharp edges."""
        released = ScalarRelease(scalar, body)
        now = evaluate(released, simulation) * released.si_factor(units, simulation.lattice.dimension)
        flux = f"{scalar}.{body}.flux"
        simulation.set_parameter(flux, simulation.parameter(flux) * self.rate / now)

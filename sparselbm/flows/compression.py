"""Limits of the density of internal flows, whose pressures are right only while the fluid is hardly compressed."""

import math
from collections.abc import Callable, Mapping

from ..errors import InternalFlowError
from ..units import is_below
from .openings import Outlet

COMPRESSION_WARNING_ABOVE = 0.05
"""Relative change of the density along the flow, which is about the relative error of pressure drops."""
DENSITY_ERROR_ABOVE = 0.1
"""Largest rho - 1 at an outlet; the pressures of a flow have a relative error of about this size."""


COMPRESSION_ERROR_ABOVE = 0.3
"""Largest expected change of the density along the flow: at 2 the flow of a tube at Re 1 became unstable."""


def require_pressures(outlets: Mapping[str, Outlet], lattice_velocity: float, excess: Callable[[str], float]) -> None:
    """Raises InternalFlowError for an outlet pressure that changes the density by too much.

    `excess`: rho - 1 behind the outlet of a name [lattice density], which grows as the square of the lattice velocity.
    """
    highest = max(outlets, key=excess)
    found = excess(highest)
    if is_below(DENSITY_ERROR_ABOVE, found):
        raise InternalFlowError(
            f"the pressure at {highest} is {outlets[highest].pressure:.5g} Pa: relative to the lowest one it raises the density "
            f"by {found:.1%}, above the limit of {DENSITY_ERROR_ABOVE:.0%}. Check the unit of the pressure, or use a "
            f"lattice_velocity of {_slower(lattice_velocity, DENSITY_ERROR_ABOVE, found):.2g} (now {lattice_velocity:g})"
        )


def require_compression(compression: float, lattice_velocity: float) -> None:
    """Raises InternalFlowError for an expected rho - 1 at the inlets that no nearly incompressible flow can have."""
    if is_below(COMPRESSION_ERROR_ABOVE, compression):
        raise InternalFlowError(f"{_told(compression, COMPRESSION_ERROR_ABOVE, lattice_velocity)} (now {lattice_velocity:g})")


def compression_warning(compression: float, lattice_velocity: float) -> tuple[str, ...]:
    """Warning about the expected rho - 1 at the inlets, if it is above the limit."""
    if not is_below(COMPRESSION_WARNING_ABOVE, compression):
        return ()
    return (_told(compression, COMPRESSION_WARNING_ABOVE, lattice_velocity),)


def _told(compression: float, limit: float, lattice_velocity: float) -> str:
    return (
        f"the pressure along the flow compresses the fluid by about {compression:.1%}, above the limit of {limit:.0%}: use a "
        f"lattice_velocity of {_slower(lattice_velocity, COMPRESSION_WARNING_ABOVE, compression):.2g}"
    )


def _slower(lattice_velocity: float, limit: float, present: float) -> float:
    """Lattice velocity at which the density change is within its limit, with a margin, since it is printed rounded."""
    return 0.95 * lattice_velocity * math.sqrt(limit / present)

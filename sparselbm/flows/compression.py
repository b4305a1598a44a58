"""Limits of the density along a flow, whose pressures and forces are right only while the fluid is hardly compressed."""

import math
from collections.abc import Callable, Mapping

from ..errors import InternalFlowError, SparselbmError
from ..units import MACH_ERROR_ABOVE, SOUND_SPEED, is_below, rounded_down

COMPRESSION_WARNING_ABOVE = 0.05
"""Relative change of the density along the flow, which is about the relative error of pressure drops and of forces."""
DENSITY_ERROR_ABOVE = 0.1
"""Largest rho - 1 at an outlet; the pressures of a flow have a relative error of about this size."""


COMPRESSION_ERROR_ABOVE = 0.3
"""Largest expected change of the density along the flow: at 2 the flow of a tube at Re 1 became unstable, and at 1 that past a
cylinder between four walls."""


def require_pressures(pressures: Mapping[str, float], lattice_velocity: float, density: Callable[[float], float]) -> None:
    """Raises InternalFlowError for an outlet pressure that changes the density by too much.

    `pressures`: of each outlet [Pa], at one time; `density`: rho - 1 of a pressure [lattice density], which grows as the square
    of the lattice velocity.
    """
    highest, lowest = max(pressures, key=pressures.__getitem__), min(pressures.values())
    found = density(pressures[highest] - lowest)
    if is_below(DENSITY_ERROR_ABOVE, found):
        raise InternalFlowError(
            f"the pressure at {highest} is {pressures[highest]:.5g} Pa: relative to the lowest one, {lowest:.5g} Pa, it raises "
            f"the density by {found:.1%}, above the limit of {DENSITY_ERROR_ABOVE:.0%}. Check the unit of the pressure, or use a "
            f"lattice_velocity of {_slower(lattice_velocity, DENSITY_ERROR_ABOVE, found):.2g} (now {lattice_velocity:g})"
        )


def require_compression(
    compression: float, lattice_velocity: float, error: type[SparselbmError] = InternalFlowError
) -> None:
    """Raises an error for an expected rho - 1 at the inlets that no nearly incompressible flow can have."""
    if is_below(COMPRESSION_ERROR_ABOVE, compression):
        raise error(f"{_told(compression, COMPRESSION_ERROR_ABOVE, lattice_velocity)} (now {lattice_velocity:g})")


def require_slow_flow(growth: float, lattice_velocity: float) -> None:
    """Raises InternalFlowError for an inflow whose developed flow would be faster than Mach 0.3.

    `growth`: largest velocity of the developed flow over the largest one of all openings; 2 behind a uniform inlet of a tube.
    """
    mach = growth * lattice_velocity / SOUND_SPEED
    if is_below(MACH_ERROR_ABOVE, mach):
        slower = rounded_down(MACH_ERROR_ABOVE * SOUND_SPEED / growth, 3)
        raise InternalFlowError(
            f"the flow behind the inlets develops to {growth:.2g} times the lattice_velocity of {lattice_velocity:g}, a Mach "
            f"number of {mach:.2g}, above the limit of {MACH_ERROR_ABOVE:g}: use a lattice_velocity of at most {slower:g}"
        )


def compression_warning(compression: float, lattice_velocity: float) -> tuple[str, ...]:
    """Warning about the expected rho - 1 at the inlets, if it is above the limit."""
    if not is_below(COMPRESSION_WARNING_ABOVE, compression):
        return ()
    found = _told(compression, COMPRESSION_WARNING_ABOVE, lattice_velocity)
    return (f"{found}; pressures and forces are wrong by up to about {compression:.0%} at the present one",)


def _told(compression: float, limit: float, lattice_velocity: float) -> str:
    return (
        f"the pressure along the flow compresses the fluid by about {compression:.1%}, above the limit of {limit:.0%}: use a "
        f"lattice_velocity of {_slower(lattice_velocity, COMPRESSION_WARNING_ABOVE, compression):.2g}"
    )


def _slower(lattice_velocity: float, limit: float, present: float) -> float:
    """Lattice velocity at which the density change is within its limit, with a margin, since it is printed rounded."""
    return 0.95 * lattice_velocity * math.sqrt(limit / present)

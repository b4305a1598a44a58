"""Doubt about walls on links whose place depends on the relaxation of the odd moments."""

from ...geometry import SolidFraction
from ...models.collision import Collision
from ...models.wall import BounceBack
from ...units import is_below

LEAST_MAGIC = 1.0 / 16.0
"""Magic parameter 3 nu (1 / omega- - 1 / 2) below which forces and pressure drops are far off; such walls are made for 3/16."""
_INTERPOLATED, _HALFWAY = 10, 70
"""Largest errors [%] of the pressure drop of a pipe of 12 cells across at Re 60, whose magic parameter was 0.007."""
_LARGEST_MAGIC = 0.25
"""Magic parameter above which walls shift into the fluid: that of BGK at tau = 1. With TRT it does not depend on tau.
Source: Krueger et al., The Lattice Boltzmann Method (2017), section 5.3.3."""


def wall_shift_doubt(collision: Collision, viscosity: float, lattice_velocity: float) -> tuple[str, ...]:
    """Doubt about a collision model with which walls shift at a high viscosity [cells^2 / step]; empty if they do not."""
    magic = 3.0 * viscosity * float(collision.odd_relaxation(viscosity))
    if not is_below(_LARGEST_MAGIC, magic):
        return ()
    return (
        f"tau is {3.0 * viscosity + 0.5:.5g} and the magic parameter of {type(collision).__name__} {magic:.3g}, above "
        f"{_LARGEST_MAGIC:g}, so that walls shift into the fluid. Use a smaller lattice_velocity (now {lattice_velocity:g}), "
        "or TRT",
    )


def wall_place_doubt(wall: SolidFraction | BounceBack, collision: Collision, viscosity: float) -> tuple[str, ...]:
    """Doubt about a wall and a collision model that do not go together at a viscosity [cells^2 / step]; empty if they do."""
    if isinstance(wall, SolidFraction) or wall.holds_at_every_relaxation:
        return ()
    magic = 3.0 * viscosity * float(collision.odd_relaxation(viscosity))
    if not magic < LEAST_MAGIC:
        return ()
    error = _INTERPOLATED if wall.resolves_position else _HALFWAY
    return (
        f"{type(wall).__name__} with {type(collision).__name__}: the magic parameter is {magic:.2g}, below {LEAST_MAGIC:.2g}, so "
        f"that forces and pressure drops are wrong by up to about {error}%. Use ParabolicInterpolation (interpolated in a case), "
        "or TRT",
    )

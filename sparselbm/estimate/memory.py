"""Memory of a run, estimated before anything is built."""

from dataclasses import dataclass

import warp as wp

from ..lattice import Lattice
from ..models.collision import Collision
from .device import free_bytes, gibibytes

_RESULTS = 40
"""Memory of the fields of results per cell and axis [bytes], measured."""


@dataclass(frozen=True)
class MemoryPerCell:
    """Memory per cell of a tile [bytes]."""

    state: int
    """One population array, including the velocities that a collision may store in it."""
    run: int
    """A run without gradients."""
    gradient: int
    """A run with steady gradients."""

    @classmethod
    def of(cls, lattice: Lattice, collision: Collision, precision: type, *, scalars: int = 0) -> "MemoryPerCell":
        """Returns the figures for a flow with a number of scalars. Moments, if requested, take 1 + d more values per cell."""
        scalar, d = wp.types.type_size_in_bytes(precision), lattice.dimension
        kept = d * collision.needs_velocity_gradient
        state = (lattice.size + (1 + 2 * d) * scalars + kept) * scalar
        # The state in one array, with the stored velocity once more; solid fraction, link and label words; index grid, neighbour
        # table and fluid mask; fields of the results and of their drawings (in all 204 to 216 bytes in 3D, measured).
        run = state + kept * scalar + scalar + 2 * 4 + 2 + _RESULTS * d
        # Two arrays of lambda, with d differences of each velocity that is stored.
        return cls(state, run, run + 2 * (state + d * kept * scalar))


def shortage(what: str, needed: float, voxel_size: float, device: wp.DeviceLike) -> str | None:
    """Message for the user if `needed` bytes do not fit, with a voxel size [m] that would; None if they fit."""
    free = 0.9 * free_bytes(wp.get_device(device))
    if needed <= free:
        return None
    fitting = voxel_size * (needed / free) ** (1 / 3) * 1.02
    return (
        f"{what} need {gibibytes(needed)}, above the limit of {gibibytes(free)} (0.9 of the free memory): "
        f"use a voxel size of at least {fitting:.4g} m"
    )

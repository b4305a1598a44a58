"""What a run takes of memory: known before anything is built."""

from dataclasses import dataclass

import warp as wp

from ..lattice import Lattice
from ..models.collision import Collision
from .device import free_bytes, gibibytes


@dataclass(frozen=True)
class MemoryPerCell:
    """Memory by the cell of a tile [bytes]."""

    state: int
    """One population array, with the velocities that a collision may keep in it."""
    run: int
    """A run without gradient."""
    gradient: int
    """A run with steady gradients."""

    @classmethod
    def of(cls, lattice: Lattice, collision: Collision, precision: type) -> "MemoryPerCell":
        """Those of a flow without scalars. Moments, when asked for, take 1 + d numbers more."""
        scalar, d = wp.types.type_size_in_bytes(precision), lattice.dimension
        kept = d * collision.needs_velocity_gradient
        state = (lattice.size + kept) * scalar
        # Two states; solid fraction, words of links and of boundaries; index grid, neighbour table and fluid mask.
        run = 2 * state + scalar + 2 * 4 + 2
        # lambda twice, with d differences of each velocity that is kept.
        return cls(state, run, run + 2 * (state + d * kept * scalar))


def shortage(what: str, needed: float, voxel_size: float, device: wp.DeviceLike) -> str | None:
    """What to tell the user where `needed` bytes do not fit, naming the voxel size [m] that would; None where they do."""
    free = 0.9 * free_bytes(wp.get_device(device))
    if needed <= free:
        return None
    fitting = voxel_size * (needed / free) ** (1 / 3) * 1.02
    return (
        f"{what} need {gibibytes(needed)}, limit {gibibytes(free)}, 0.9 of what is free: "
        f"a voxel size of {fitting:.4g} m would fit"
    )

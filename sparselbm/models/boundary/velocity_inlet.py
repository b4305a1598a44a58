"""Velocity inlet."""

from dataclasses import dataclass

from .bounce import MovingBounce


@dataclass(frozen=True)
class VelocityInlet(MovingBounce):
    """Uniform velocity on a face, by bounce-back from a wall that moves with it (Ladd 1994); second order.

    The mass flux corresponds to the density 1.
    """

"""Flow through a face at a given velocity."""

from dataclasses import dataclass

from .bounce import MovingBounce


@dataclass(frozen=True)
class VelocityInlet(MovingBounce):
    """A uniform velocity on a face, by bounce-back from a wall moving with it (Ladd 1994); second order.

    The mass flux is that of density 1.
    """

"""No-slip walls of obstacles: partially saturated cells and bounce-back on links."""

from .bounce_back import BounceBack, Bouzidi, CentralInterpolation, Halfway

__all__ = [
    "BounceBack",
    "Bouzidi",
    "CentralInterpolation",
    "Halfway",
]

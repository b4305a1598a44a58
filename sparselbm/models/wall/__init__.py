"""No-slip walls of obstacles: partially saturated cells and bounce-back on links."""

from .bounce_back import BounceBack, Bouzidi, CentralInterpolation, Halfway
from .parabolic_interpolation import ParabolicInterpolation

__all__ = [
    "BounceBack",
    "Bouzidi",
    "CentralInterpolation",
    "Halfway",
    "ParabolicInterpolation",
]

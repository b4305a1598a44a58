"""Time loop: state, parameters, obstacles and stability."""

from .obstacle import Obstacle
from .simulation import Simulation

__all__ = [
    "Obstacle",
    "Simulation",
]

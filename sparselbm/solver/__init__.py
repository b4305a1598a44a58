"""The time loop: state, parameters, obstacles and stability."""

from .obstacle import Obstacle
from .simulation import Simulation
from .validate import SimulationError
from .walls import WallError

__all__ = [
    "Obstacle",
    "Simulation",
    "SimulationError",
    "WallError",
]

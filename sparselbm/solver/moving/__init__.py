"""Moving obstacles: prescribed motion and rigid bodies driven by the flow."""

from .driver import MovingObstacles, Track
from .inertia import MassProperties, Uniform
from .motion import Motion
from .prescribed import Prescribed
from .rigid_body import RigidBody
from .sampled import Sampled

__all__ = [
    "MassProperties",
    "Motion",
    "MovingObstacles",
    "Prescribed",
    "RigidBody",
    "Sampled",
    "Track",
    "Uniform",
]

"""Moving obstacles: prescribed motion and rigid bodies driven by the flow."""

from .clearance import MAX_SPEED
from .driver import MovingObstacles, Track
from .inertia import MassProperties, Uniform
from .motion import Motion
from .prescribed import Prescribed
from .rigid_body import MIN_INERTIA_RATIO, RigidBody
from .sampled import Sampled

__all__ = [
    "MAX_SPEED",
    "MIN_INERTIA_RATIO",
    "MassProperties",
    "Motion",
    "MovingObstacles",
    "Prescribed",
    "RigidBody",
    "Sampled",
    "Track",
    "Uniform",
]

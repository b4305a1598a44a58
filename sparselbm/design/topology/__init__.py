"""Density-based topology optimisation."""

from .cone_filter import ConeFilter
from .density import BoundDensity, Density
from .helmholtz_filter import HelmholtzFilter
from .level_set import LevelSet
from .projection import Projection
from .resistance import Resistance
from .spread import Spread

__all__ = [
    "BoundDensity",
    "ConeFilter",
    "Density",
    "HelmholtzFilter",
    "LevelSet",
    "Projection",
    "Resistance",
    "Spread",
]

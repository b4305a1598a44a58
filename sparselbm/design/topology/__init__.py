"""Density-based topology optimisation."""

from .cone_filter import ConeFilter
from .density import BoundDensity, Density
from .helmholtz_filter import HelmholtzFilter
from .level_set import LevelSet
from .projection import Projection
from .resistance import Resistance
from .spread import Spread
from .study import DensityProblem, DensityStudy

__all__ = [
    "BoundDensity",
    "ConeFilter",
    "Density",
    "DensityProblem",
    "DensityStudy",
    "HelmholtzFilter",
    "LevelSet",
    "Projection",
    "Resistance",
    "Spread",
]

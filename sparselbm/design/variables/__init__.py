"""Design variables: the shape of a body, a density field, parameters of the models."""

from .density import BoundDensityVariables, DensityVariables
from .parameters import BoundParameters, ParameterVariables
from .shape import BoundShape, ShapeVariables
from .variables import BoundVariables, DesignVariables

__all__ = [
    "BoundDensityVariables",
    "BoundParameters",
    "BoundShape",
    "BoundVariables",
    "DensityVariables",
    "DesignVariables",
    "ParameterVariables",
    "ShapeVariables",
]

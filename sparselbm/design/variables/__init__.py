"""Design variables, bound to a set-up. The variables themselves are in `sparselbm.design`."""

from .density import BoundDensityVariables
from .parameters import BoundParameters
from .shape import BoundShape
from .variables import BoundVariables

__all__ = ["BoundDensityVariables", "BoundParameters", "BoundShape", "BoundVariables"]

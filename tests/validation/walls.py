"""The walls that a user can choose, by the names that the tables give them."""

from sparselbm.geometry import SolidFraction
from sparselbm.models.wall import BounceBack, Bouzidi, CentralInterpolation, Halfway, ParabolicInterpolation

WALLS: dict[str, SolidFraction | BounceBack] = {
    "solid fraction": SolidFraction(),
    "halfway": Halfway(),
    "Bouzidi": Bouzidi(),
    "CLI": CentralInterpolation(),
    "ParabolicInterpolation": ParabolicInterpolation(),
}
STAIRCASE = "halfway"
"""Of first order: its values are extrapolated."""

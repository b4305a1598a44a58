"""Amount of a scalar in a body that conducts it."""

from dataclasses import dataclass

from .observable import Observable
from .region import AtObstacle
from .unit import SCALAR, VOLUME


@dataclass(frozen=True)
class ScalarContent(Observable):
    """Sum of eps phi over the cells of a body [phi x cells^d]: its mean value times its volume."""

    scalar: str
    obstacle: str

    unit = SCALAR * VOLUME

    @property
    def where(self):
        return AtObstacle(self.obstacle)

    def integrand(self, cell):
        return cell.carried[cell.physics.scalar_number(self.scalar)].content_of(self.obstacle)

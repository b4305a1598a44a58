"""Force on an obstacle: drag, lift or any other component."""

from dataclasses import dataclass

from ..trace.expression import dot
from .observable import Observable
from .region import AtObstacle
from .unit import FORCE


@dataclass(frozen=True)
class Force(Observable):
    """F . d on a named obstacle, F = -sum_x B sum_q Omega^s_q c_q [lattice force], from the collision operator of its wall."""

    obstacle: str
    direction: tuple[float, ...]
    """d, one value per axis; the unit vector along the flow gives the drag."""

    unit = FORCE

    @property
    def where(self):
        return AtObstacle(self.obstacle)

    def integrand(self, cell):
        return dot(cell.force_on(self.obstacle), self.direction)

"""Release of a scalar, such as heat, by a body."""

from dataclasses import dataclass

from .observable import Observable
from .region import AtObstacle
from .unit import FLOW_RATE, SCALAR


@dataclass(frozen=True)
class ScalarRelease(Observable):
    """Rate at which a body releases a scalar, such as heat [phi x cells^d / step]; 0 if it is insulated.

    A body of given value (`BodyValue`) has R = sum_x B sum_q Omega^s_q, and on links the populations that enter minus those that
    leave: the operator of its wall. A body of given flux (`BodyFlux`) has the sum of its source.
    """

    scalar: str
    obstacle: str

    unit = SCALAR * FLOW_RATE

    @property
    def where(self):
        return AtObstacle(self.obstacle)

    def integrand(self, cell):
        return cell.scalar_release(self.scalar, self.obstacle)

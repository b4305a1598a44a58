"""Torque on an obstacle."""

from dataclasses import dataclass

from .observable import Observable
from .region import AtObstacle
from .unit import TORQUE


@dataclass(frozen=True)
class Torque(Observable):
    """((x - x_0) x F) . a on a named obstacle about the axis a through x_0 [lattice force x cells].

    In 2D the axis is z: pass a centre of two values and leave `axis` out.
    """

    obstacle: str
    centre: tuple[float, ...]
    """x_0 [cells from the domain's lower corner]."""
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """a."""

    unit = TORQUE

    @property
    def where(self):
        return AtObstacle(self.obstacle)

    def integrand(self, cell):
        F = [*cell.force_on(self.obstacle), 0.0][:3]
        r = [cell.centre(k) - cell.number(f"centre {k}", x) for k, x in enumerate(self.centre)] + [0.0] * (3 - len(self.centre))
        moment = [r[1] * F[2] - r[2] * F[1], r[2] * F[0] - r[0] * F[2], r[0] * F[1] - r[1] * F[0]]
        return sum(a * m for a, m in zip(self.axis, moment, strict=True) if a != 0.0)

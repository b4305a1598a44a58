"""Drag, lift, or any other component of the force on an obstacle."""

from dataclasses import dataclass

from ..trace.expression import dot
from .observable import Observable


@dataclass(frozen=True)
class Force(Observable):
    """F . d on a named obstacle, F = -sum_x B sum_q Omega^s_q c_q [lattice force]: the very operator of the wall."""

    obstacle: str
    direction: tuple[float, ...]
    """d: one value per axis; the unit vector along the flow gives drag."""

    def integrand(self, cell):
        return dot(cell.force_on(self.obstacle), self.direction)

    def tiles(self, simulation):
        return simulation.passes.tiles_of(self.obstacle)

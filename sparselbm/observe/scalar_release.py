"""How much of a scalar a body gives off."""

from dataclasses import dataclass

from .observable import Observable


@dataclass(frozen=True)
class ScalarRelease(Observable):
    """What a body of given value (`BodyValue`) gives off in a step, heat for instance [phi x cells^d / step].

    R = sum_x B sum_q Omega^s_q, and on links what enters less what went out: the very operator of its wall.
    """

    scalar: str
    obstacle: str

    def integrand(self, cell):
        return cell.scalar_release(self.scalar, self.obstacle)

    def tiles(self, simulation):
        return simulation.passes.tiles_of(self.obstacle)

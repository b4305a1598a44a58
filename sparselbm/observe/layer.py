"""Sums over the fluid part of a layer of cells: velocity, pressure, and what they are divided by for a mean."""

from dataclasses import dataclass

from ..lattice import CS2
from .open_share import open_share
from .section import LayerSum


@dataclass(frozen=True)
class LayerArea(LayerSum):
    """A = sum of 1 - eps over a layer [cells^(d-1)]: the fluid part of its cells."""

    def summand(self, cell):
        return open_share(cell)


@dataclass(frozen=True)
class LayerVelocity(LayerSum):
    """Sum of (1 - eps) u_k over a layer [cells^d / step]."""

    component: int
    """k: 0, 1 or 2."""

    def summand(self, cell):
        return open_share(cell) * cell.velocity[self.component]


@dataclass(frozen=True)
class LayerPressure(LayerSum):
    """Sum of (1 - eps) c_s^2 (rho - 1) over a layer [lattice pressure x cells^(d-1)]."""

    def summand(self, cell):
        return CS2 * open_share(cell) * cell.density_perturbation

"""Sums over the fluid part of a layer of cells: velocity, pressure, and what they are divided by for a mean."""

from dataclasses import dataclass

from ..lattice import CS2
from .objective import Objective
from .open_share import open_share
from .section import in_layer, layer_tiles


@dataclass(frozen=True)
class LayerArea(Objective):
    """A = sum of 1 - eps over a layer [cells^(d-1)]: the fluid part of its cells."""

    axis: int
    layer: int
    """Index of the layer along the axis."""

    def integrand(self, cell):
        return in_layer(cell, self.axis, self.layer) * open_share(cell)

    def tiles(self, simulation):
        return layer_tiles(simulation, self.axis, self.layer)


@dataclass(frozen=True)
class LayerVelocity(Objective):
    """Sum of (1 - eps) u_k over a layer [cells^d / step]."""

    axis: int
    layer: int
    """Index of the layer along the axis."""
    component: int
    """k: 0, 1 or 2."""

    def integrand(self, cell):
        return in_layer(cell, self.axis, self.layer) * open_share(cell) * cell.velocity[self.component]

    def tiles(self, simulation):
        return layer_tiles(simulation, self.axis, self.layer)


@dataclass(frozen=True)
class LayerPressure(Objective):
    """Sum of (1 - eps) c_s^2 (rho - 1) over a layer [lattice pressure x cells^(d-1)]."""

    axis: int
    layer: int
    """Index of the layer along the axis."""

    def integrand(self, cell):
        return CS2 * in_layer(cell, self.axis, self.layer) * open_share(cell) * cell.excess

    def tiles(self, simulation):
        return layer_tiles(simulation, self.axis, self.layer)

"""How much of a scalar passes through a layer of cells."""

from dataclasses import dataclass

from .observable import Observable
from .section import in_layer, layer_tiles


@dataclass(frozen=True)
class ScalarFlux(Observable):
    """Sum of (phi u - D grad phi)_axis over a layer [phi x cells^d / step], from each cell's own populations.

    In steady state all layers between two sources give the same.
    """

    scalar: str
    axis: int
    layer: int
    """Index of the layer along the axis."""

    def integrand(self, cell):
        return in_layer(cell, self.axis, self.layer) * cell.scalar_flux(self.scalar)[self.axis]

    def tiles(self, simulation):
        return layer_tiles(simulation, self.axis, self.layer)

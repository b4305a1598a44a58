"""Flux of a scalar through a layer of cells."""

from dataclasses import dataclass

from .observable import Observable
from .region import Layer
from .unit import FLOW_RATE, SCALAR


@dataclass(frozen=True)
class ScalarFlux(Observable):
    """Sum of (phi u - D grad phi)_axis over a layer [phi x cells^d / step], from the populations of each cell.

    In steady state all layers between two sources have the same flux.
    """

    scalar: str
    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""

    unit = SCALAR * FLOW_RATE

    @property
    def where(self):
        return Layer(self.axis, self.layer)

    def integrand(self, cell):
        return cell.scalar_flux(self.scalar)[self.axis]

"""Sums over a layer of cells: flow rate and pressure drop."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ..lattice import CS2
from ..layout import EDGE
from .observable import Observable


def in_layer(cell, axis: int, layer: int):
    """1 in the layer of cells with this index along the axis, else 0."""
    x = cell.position(axis)
    return cell.mask(x > layer - 0.5) * cell.mask(x < layer + 0.5)


def layer_tiles(simulation, axis: int, *layers: int) -> np.ndarray:
    """The tiles that meet any of the layers. Raises ValueError for a layer outside the domain."""
    extent = simulation.domain.shape[axis]
    for layer in layers:
        if not 0 <= layer < extent:
            raise ValueError(f"layer {layer} along {'xyz'[axis]}: the domain has the layers 0 to {extent - 1}")
    return np.flatnonzero(np.isin(simulation.domain.tiles[:, axis], [layer // EDGE for layer in layers]))


@dataclass(frozen=True)
class LayerSum(Observable, ABC):
    """The sum of something over the cells of one layer."""

    axis: int
    layer: int
    """Index of the layer along the axis."""

    @abstractmethod
    def summand(self, cell):
        """What a cell of the layer adds."""

    def integrand(self, cell):
        return in_layer(cell, self.axis, self.layer) * self.summand(cell)

    def tiles(self, simulation):
        return layer_tiles(simulation, self.axis, self.layer)


@dataclass(frozen=True)
class FlowRate(LayerSum):
    """Q = sum of u_n over the fluid cells of a layer [cells^d / step]."""

    def summand(self, cell):
        return cell.velocity[self.axis]


@dataclass(frozen=True)
class PressureDrop(Observable):
    """c_s^2 sum (rho - 1) over one layer less the same over another, divided by `area` [lattice pressure]."""

    axis: int
    upstream: int
    downstream: int
    """Indices of the two layers along the axis."""
    area: float
    """Fluid cells in each layer, so that the result is a difference of means."""

    def integrand(self, cell):
        sign = in_layer(cell, self.axis, self.upstream) - in_layer(cell, self.axis, self.downstream)
        return (CS2 / self.area) * sign * cell.density_perturbation

    def tiles(self, simulation):
        return layer_tiles(simulation, self.axis, self.upstream, self.downstream)

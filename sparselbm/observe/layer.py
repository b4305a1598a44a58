"""Sums and means over a layer of cells: area, velocity, pressure, flow rate, pressure drop."""

from abc import ABC
from dataclasses import dataclass

from ..lattice import CS2
from .combination import Composed, Difference, Quotient
from .observable import Observable
from .open_share import open_share
from .region import Layer
from .unit import AREA, FLOW_RATE, FORCE


@dataclass(frozen=True)
class _LayerSum(Observable, ABC):
    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""

    @property
    def where(self):
        return Layer(self.axis, self.layer)


@dataclass(frozen=True)
class LayerArea(_LayerSum):
    """A = sum of 1 - eps over a layer [cells^(d-1)]: its fluid area."""

    unit = AREA

    def integrand(self, cell):
        return open_share(cell)


@dataclass(frozen=True)
class LayerVelocity(_LayerSum):
    """Sum of (1 - eps) u_k over a layer [cells^d / step]."""

    component: int
    """k: 0, 1 or 2."""

    unit = FLOW_RATE

    def integrand(self, cell):
        return open_share(cell) * cell.velocity[self.component]


@dataclass(frozen=True)
class LayerPressure(_LayerSum):
    """Sum of (1 - eps) c_s^2 (rho - 1) over a layer [lattice pressure x cells^(d-1)]."""

    unit = FORCE

    def integrand(self, cell):
        return CS2 * open_share(cell) * cell.density_perturbation


@dataclass(frozen=True)
class FlowRate(_LayerSum):
    """Q = sum of (1 - eps) u_n over a layer, n its normal [cells^d / step]."""

    unit = FLOW_RATE

    def integrand(self, cell):
        return open_share(cell) * cell.velocity[self.axis]


@dataclass(frozen=True)
class MeanVelocity(Composed):
    """Mean of u_k over the fluid of a layer, sum (1 - eps) u_k / sum (1 - eps) [cells / step]."""

    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""
    component: int
    """k: 0, 1 or 2."""

    @property
    def formula(self):
        return Quotient(LayerVelocity(self.axis, self.layer, self.component), LayerArea(self.axis, self.layer))


@dataclass(frozen=True)
class MeanPressure(Composed):
    """Mean of c_s^2 (rho - 1) over the fluid of a layer [lattice pressure]: 0 at density 1."""

    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""

    @property
    def formula(self):
        return Quotient(LayerPressure(self.axis, self.layer), LayerArea(self.axis, self.layer))


@dataclass(frozen=True)
class PressureDrop(Composed):
    """Mean pressure over the fluid of one layer minus that over another [lattice pressure]."""

    axis: int
    """Normal of the layers."""
    upstream: int
    downstream: int
    """Indices of the two layers along the axis."""

    def __post_init__(self):
        if self.upstream == self.downstream:
            raise ValueError(f"PressureDrop between the layer {self.upstream} and itself: pass two different layers")

    @property
    def formula(self):
        return Difference(MeanPressure(self.axis, self.upstream), MeanPressure(self.axis, self.downstream))

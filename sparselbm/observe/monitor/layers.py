"""Means over layers of cells: velocity, pressure, flow rate, pressure drop."""

from dataclasses import dataclass
from math import nan

from ...solver import Simulation
from ..layer import LayerArea, LayerPressure, LayerVelocity
from .monitor import Monitor, Sampler
from .schedule import Schedule
from .sums_kernel import Sums


@dataclass(frozen=True)
class LayerMean(Monitor):
    """Means over the fluid of a layer, <q> = sum (1 - eps) q / sum (1 - eps), and the flow through it.

    Columns: `pressure` (above that of density 1), `velocity_x`, ..., and `flow_rate` = sum (1 - eps) u_n [cells^d / step].
    """

    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""
    every: Schedule

    def columns(self, simulation):
        return ("pressure", *(f"velocity_{axis}" for axis in "xyz"[: simulation.lattice.dimension]), "flow_rate")

    def bind(self, simulation):
        return _LayerSampler(self, simulation)


class _LayerSampler(Sampler):
    def __init__(self, monitor: LayerMean, simulation: Simulation):
        axis, layer, d = monitor.axis, monitor.layer, simulation.lattice.dimension
        _require_axis(axis, d)
        velocity = [LayerVelocity(axis, layer, k) for k in range(d)]
        self._axis = axis
        self._sums = Sums(simulation, [LayerArea(axis, layer), LayerPressure(axis, layer), *velocity])
        _require_area(axis, layer, self._sums.take()[0])

    def take(self):
        area, pressure, *velocity = self._sums.take().tolist()
        return (_mean(pressure, area), *(_mean(u, area) for u in velocity), velocity[self._axis])


@dataclass(frozen=True)
class PressureLoss(Monitor):
    """<p> over a layer less <p> over another [lattice pressure], each the mean over its fluid: column `pressure_loss`."""

    axis: int
    """Normal of the layers."""
    upstream: int
    downstream: int
    """Indices of the two layers along the axis."""
    every: Schedule

    def columns(self, simulation):
        return ("pressure_loss",)

    def bind(self, simulation):
        return _LossSampler(self, simulation)


class _LossSampler(Sampler):
    def __init__(self, monitor: PressureLoss, simulation: Simulation):
        _require_axis(monitor.axis, simulation.lattice.dimension)
        layers = (monitor.upstream, monitor.downstream)
        if layers[0] == layers[1]:
            raise ValueError(f"layers {layers[0]} and {layers[1]}: give two that differ")
        self._sums = Sums(
            simulation, [kind(monitor.axis, layer) for layer in layers for kind in (LayerPressure, LayerArea)]
        )
        for layer, area in zip(layers, self._sums.take()[1::2], strict=True):
            _require_area(monitor.axis, layer, area)

    def take(self):
        upstream, before, downstream, after = self._sums.take().tolist()
        return (_mean(upstream, before) - _mean(downstream, after),)


def _mean(total: float, area: float) -> float:
    """Total over area; NaN where a body fills the layer."""
    return total / area if area > 0.0 else nan


def _require_area(axis: int, layer: int, area: float) -> None:
    """Raises ValueError for a layer without fluid."""
    if not area > 0.0:
        raise ValueError(f"layer {layer} along {'xyz'[axis]} holds no fluid: choose another")


def _require_axis(axis: int, dimension: int) -> None:
    if not 0 <= axis < dimension:
        raise ValueError(f"axis {axis}: the domain has the axes 0 to {dimension - 1}")

"""Means over layers of cells: velocity, pressure, flow rate, pressure loss."""

from dataclasses import dataclass

from ...solver import Simulation
from ..evaluation import evaluate
from ..layer import FlowRate, LayerArea, MeanPressure, MeanVelocity, PressureDrop
from .schedule import Schedule
from .values import FunctionalMonitor


@dataclass(frozen=True)
class LayerMean(FunctionalMonitor):
    """Means over the fluid of a layer, <q> = sum (1 - eps) q / sum (1 - eps), and the flow rate through it.

    Columns: `pressure` (0 at density 1), `velocity_x`, ..., and `flow_rate` = sum (1 - eps) u_n [cells^d / step]. Means are NaN
    while a body fills the layer.
    """

    axis: int
    """Normal of the layer."""
    layer: int
    """Index of the layer along the axis."""
    every: Schedule

    def functionals(self, simulation):
        _require_fluid(simulation, self.axis, self.layer)
        velocity = {
            f"velocity_{name}": MeanVelocity(self.axis, self.layer, k)
            for k, name in enumerate("xyz"[: simulation.lattice.dimension])
        }
        return {
            "pressure": MeanPressure(self.axis, self.layer), **velocity, "flow_rate": FlowRate(self.axis, self.layer),
        }


@dataclass(frozen=True)
class PressureLoss(FunctionalMonitor):
    """Mean pressure over the fluid of one layer minus that of another [lattice pressure]: column `pressure_loss`."""

    axis: int
    """Normal of the layers."""
    upstream: int
    downstream: int
    """Indices of the two layers along the axis."""
    every: Schedule

    def functionals(self, simulation):
        for layer in (self.upstream, self.downstream):
            _require_fluid(simulation, self.axis, layer)
        return {"pressure_loss": PressureDrop(self.axis, self.upstream, self.downstream)}


def _require_fluid(simulation: Simulation, axis: int, layer: int) -> None:
    """Raises ValueError for a layer that the domain does not have, or that holds no fluid."""
    if not evaluate(LayerArea(axis, layer), simulation) > 0.0:
        raise ValueError(f"layer {layer} along {'xyz'[axis]} holds no fluid: choose another")

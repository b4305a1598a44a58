"""Internal flow run to steady state, with flow rates and pressures at its openings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

import numpy as np

from ..lattice import CS2
from ..observe import OpeningFlows
from ..solver import Simulation
from .internal_flow import InternalFlowSetup
from .steady_run import SteadyResult, SteadyRun

ProgressCallback = Callable[[int, float, float], None]
"""Progress callback: called with the steps completed, outflow relative to inflow and speed [MLUPS]."""


@dataclass(frozen=True)
class PortState:
    """Flow rate and pressure at an opening."""

    flow_rate: float
    """Flow rate [m^3 / s] at the density of rest: positive into the vessel."""
    pressure: float
    """Mean pressure over the opening [Pa]."""


@dataclass(eq=False)
class InternalFlowRun:
    """Internal flow that is run to steady state, from rest or from its current state."""

    plan: InternalFlowSetup
    steady_run: SteadyRun | None = None
    """Convergence criterion; None: that of the set-up."""
    on_progress: ProgressCallback | None = None
    settled: SteadyResult | None = field(default=None, init=False)
    """Result of the last run."""

    @cached_property
    def _built(self) -> tuple[Simulation, OpeningFlows]:
        return self.plan.build()

    @property
    def simulation(self) -> Simulation:
        """The simulation, built on first use. Raises InternalFlowError if no links cross a cap."""
        return self._built[0]

    def run(self) -> dict[str, PortState]:
        """Runs until flow rates and pressures of all openings are steady, and returns them. Raises SimulationError on blow-up."""
        began, cells = perf_counter(), self.plan.cells

        def told(steps: int, outflow: float) -> None:
            if self.on_progress is not None:
                self.on_progress(steps, outflow, steps * cells / max(perf_counter() - began, 1e-9) * 1e-6)

        self.settled = (self.steady_run or self.plan.steady_run).watch(self.simulation, self._shares, told)
        return self.through()

    def through(self) -> dict[str, PortState]:
        """Current flow rates and pressures, by opening."""
        units, plan = self.plan.units, self.plan
        flows, pressures = self._built[1].take()
        return {
            name: PortState(
                units.velocity_to_si(flows[name]) * plan.voxel_size**2,
                units.pressure_to_si(pressures[name]) + plan.reference_pressure,
            )
            for name in plan.caps
        }

    @property
    def starts(self) -> np.ndarray:
        """Centres of the cells along the inlets [m], (k, 3), as starting points of streamlines."""
        return np.concatenate([self._built[1].centres[name] for name in self.plan.inlets])

    @property
    def compression(self) -> float:
        """Largest |rho - 1| at an opening, which is about the relative error of pressure drops."""
        return max(abs(pressure) / CS2 for pressure in self._built[1].take()[1].values())

    def _shares(self) -> np.ndarray:
        """Monitored values: outflow over inflow, and each opening's share of the flow and of the largest pressure."""
        flows, pressures = (np.array([found[name] for name in self.plan.caps]) for found in self._built[1].take())
        inflow = flows[flows > 0.0].sum()
        return np.concatenate([
            [-flows[flows < 0.0].sum() / inflow], flows / inflow, pressures / max(np.abs(pressures).max(), 1e-300)
        ])

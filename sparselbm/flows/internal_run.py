"""The flow inside a vessel: brought to rest in time, with flow rates and pressures at its openings."""

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

Told = Callable[[int, float, float], None]
"""Told the steps done, the flow that leaves over that which enters, and the rate [MLUPS]."""


@dataclass(frozen=True)
class PortState:
    """What flows through an opening."""

    flow_rate: float
    """Into the vessel, below 0 out of it, at the density of rest [m^3 / s]."""
    pressure: float
    """Mean over the opening [Pa]."""


@dataclass(eq=False)
class InternalFlowRun:
    """A vessel in which a flow is brought to rest, from rest or from where it stands."""

    plan: InternalFlowSetup
    steady_run: SteadyRun | None = None
    """None: the plan's own."""
    on_progress: Told | None = None
    settled: SteadyResult | None = field(default=None, init=False)
    """How the last run came to rest."""

    @cached_property
    def _built(self) -> tuple[Simulation, OpeningFlows]:
        return self.plan.build()

    @property
    def simulation(self) -> Simulation:
        """Built when it is first asked for. Raises VesselError where no links see a cap."""
        return self._built[0]

    def run(self) -> dict[str, PortState]:
        """Runs until flow rates and pressures stand still at all openings; these. Raises SimulationError when it blows up."""
        began, cells = perf_counter(), self.plan.cells

        def told(steps: int, outflow: float) -> None:
            if self.on_progress is not None:
                self.on_progress(steps, outflow, steps * cells / max(perf_counter() - began, 1e-9) * 1e-6)

        self.settled = (self.steady_run or self.plan.steady_run).watch(self.simulation, self._shares, told)
        return self.through()

    def through(self) -> dict[str, PortState]:
        """Flow rates and pressures now, by opening."""
        units, plan = self.plan.units, self.plan
        flows, pressures = self._built[1].take()
        return {
            name: PortState(
                units.velocity_to_si(flows[name]) * plan.voxel_size**2,
                units.pressure_to_si(pressures[name]) + plan.reference_pressure,
            )
            for name in plan.caps
        }  # fmt: skip

    @property
    def starts(self) -> np.ndarray:
        """Centres of the cells along the inlets [m], (k, 3): lines along the flow begin there."""
        return np.concatenate([self._built[1].centres[name] for name in self.plan.inlets])

    @property
    def compression(self) -> float:
        """Largest |rho - 1| at an opening: by about as much are pressure drops wrong."""
        return max(abs(pressure) / CS2 for pressure in self._built[1].take()[1].values())

    def _shares(self) -> np.ndarray:
        """Outflow over inflow, and of each opening its part in the flow and in the largest pressure."""
        flows, pressures = (np.array([found[name] for name in self.plan.caps]) for found in self._built[1].take())
        inflow = flows[flows > 0.0].sum()
        return np.concatenate([
            [-flows[flows < 0.0].sum() / inflow], flows / inflow, pressures / max(np.abs(pressures).max(), 1e-300)
        ])  # fmt: skip

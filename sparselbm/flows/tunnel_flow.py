"""Steady flow around a tunnel's obstacle: from its shape to the drag coefficient, or to another objective."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..models.wall import BounceBack
from ..observe import Observable
from ..solver import Simulation
from .steady_run import SteadyResult, SteadyRun
from .wind_tunnel import WindTunnelSetup

ProgressCallback = Callable[[str, int, float, float], None]
"""Progress callback: called with the phase ("flow" or "gradient"), steps completed, current value and speed [MLUPS]."""


@dataclass(eq=False)
class WindTunnelRun:
    """A tunnel whose flow is run to steady state repeatedly, each time from the previous flow.

    C_d = F . e / (1/2 rho u^2 A), with A the frontal area of the undeformed body.
    """

    plan: WindTunnelSetup
    steady_run: SteadyRun | None = None
    """Convergence criterion; None: that of the set-up."""
    device: wp.DeviceLike = None
    on_progress: ProgressCallback | None = None
    wall: BounceBack | None = None
    """Bounce-back rule of the bodies, instead of the tunnel's wall; None: the tunnel's. Walls on links cannot be moved."""
    points: np.ndarray | None = None
    """Where the obstacle's points stand at first [m], (n, 3); None: as they were read."""
    objective: Observable | None = None
    """Observable that `value` returns; None: the drag."""
    factor: float = 1.0
    """Value per lattice unit of that observable."""
    settled: SteadyResult | None = field(default=None, init=False)
    """Convergence of the last run."""

    @cached_property
    def simulation(self) -> Simulation:
        """The simulation, built on first use. Raises WindTunnelError if it does not fit in memory."""
        return self.plan.build(self.device, wall=self.wall, points=self.points)

    def move(self, points: np.ndarray) -> None:
        """Moves the obstacle to the points [m], (n, 3).

        Raises WindTunnelError if they leave the tunnel, or if the wall is on links.
        """
        self.plan.require_inside(self.plan.obstacle, self.plan.mesh.with_points(points))
        geometry = self.simulation.solids.find(self.plan.obstacle)
        if geometry is None:
            raise WindTunnelError(
                "the wall of the obstacle is on links, which cannot be moved: create another WindTunnelRun(points=...)"
            )
        geometry.move(points)
        self.simulation.update_geometry()

    def drag(self) -> float:
        """Runs the flow to steady state; returns C_d. Raises SimulationError when it diverges."""
        return self._settle(self.plan.drag, self.plan.drag_coefficient(1.0))

    def value(self) -> float:
        """Runs the flow to steady state; returns the objective. Raises SimulationError when it diverges."""
        return self.drag() if self.objective is None else self._settle(self.objective, self.factor)

    def _settle(self, observable: Observable, factor: float) -> float:
        report = self.rated("flow")
        self.settled = (self.steady_run or self.plan.steady_run).run(
            self.simulation, observable, lambda steps, value: report(steps, factor * value)
        )
        return factor * self.settled.value

    def rated(self, what: str) -> Callable[[int, float], None]:
        """Reports steps and the value to `on_progress`, with the speed since this call."""
        began = perf_counter()

        def report(steps: int, value: float) -> None:
            if self.on_progress is not None:
                self.on_progress(what, steps, value, steps * self.plan.cells / max(perf_counter() - began, 1e-9) * 1e-6)

        return report

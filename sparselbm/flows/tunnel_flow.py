"""The flow around a tunnel's obstacle: shape in, flow at rest in time, drag coefficient out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..models.wall import BounceBack
from ..solver import Simulation
from .steady_run import SteadyResult, SteadyRun
from .wind_tunnel import WindTunnelSetup

ProgressCallback = Callable[[str, int, float, float], None]
"""Told what is being done ("flow", "gradient"), the steps done of it, C_d so far and the rate [MLUPS]."""


@dataclass(eq=False)
class WindTunnelRun:
    """A tunnel in which a flow is brought to rest again and again, each time from where it stood.

    C_d = F . e / (1/2 rho u^2 A), with A the silhouette of the body as it was read.
    """

    plan: WindTunnelSetup
    steady_run: SteadyRun | None = None
    """None: the plan's own."""
    device: wp.DeviceLike = None
    on_progress: ProgressCallback | None = None
    wall: BounceBack | None = None
    """How the bodies act, in place of the tunnel's wall; None: as the tunnel says. Bodies with walls on links cannot be moved."""
    points: np.ndarray | None = None
    """Where the obstacle's points stand at first [m], (n, 3); None: as they were read."""
    settled: SteadyResult | None = field(default=None, init=False)
    """How the last run came to rest."""

    @cached_property
    def simulation(self) -> Simulation:
        """Built when it is first asked for. Raises TunnelError when it does not fit in memory."""
        return self.plan.build(self.device, wall=self.wall, points=self.points)

    def move(self, points: np.ndarray) -> None:
        """Puts the obstacle's points [m], (n, 3), into the tunnel.

        Raises TunnelError where they leave it, or where the wall lies on links.
        """
        self.plan.require_inside(self.plan.obstacle, self.plan.mesh.with_points(points))
        if not self.simulation.geometry:
            raise WindTunnelError("the obstacle's wall lies on links, which cannot be moved: make another TunnelFlow(points=...)")
        next(g for g in self.simulation.geometry if g.name == self.plan.obstacle).move(points)
        self.simulation.update_geometry()

    def drag(self) -> float:
        """Brings the flow to rest; C_d. Raises SimulationError when it blows up."""
        report = self.rated("flow")
        self.settled = (self.steady_run or self.plan.steady_run).run(
            self.simulation, self.plan.drag, lambda steps, force: report(steps, self.plan.drag_coefficient(force))
        )
        return self.plan.drag_coefficient(self.settled.value)

    def rated(self, what: str) -> Callable[[int, float], None]:
        """A report of steps and C_d to `on_progress`, with the rate since now."""
        began = perf_counter()

        def report(steps: int, drag: float) -> None:
            if self.on_progress is not None:
                self.on_progress(what, steps, drag, steps * self.plan.cells / max(perf_counter() - began, 1e-9) * 1e-6)

        return report

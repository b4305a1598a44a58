"""A body in a uniform stream: the set-up, the forces and the grids that cylinder, sphere and airfoil share."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import warp as wp
from flow_fields import start_from

from sparselbm.flows import SteadyRun
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, BoundaryCondition, Face, FreeSlip, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT, Collision
from sparselbm.models.wall import BounceBack, Bouzidi
from sparselbm.observe import Force
from sparselbm.solver import Obstacle, Simulation


@dataclass(frozen=True, kw_only=True)
class FreeStream:
    """Uniform inlet at x = -upstream, pressure outlet at x = downstream, slip on the sides at +-side; the body about 0.

    Lengths in multiples of the body's reference length, which is 1. `mirrors`: axes about whose plane through 0 the flow is
    symmetric; only the half beyond is computed, the plane through the centres of its first cells.
    """

    body: TriangleMesh
    dimension: int
    across: int
    """Cells along the reference length."""
    reynolds: float
    speed: float
    """Of the stream on the lattice [cells / step]."""
    upstream: float
    downstream: float
    side: float
    mirrors: tuple[int, ...] = ()
    device: str
    outlet: BoundaryCondition = field(default_factory=lambda: PressureOutlet(X_MAX))
    collision: Collision = field(default_factory=TRT)
    """TRT blows up at an inlet where u / nu, the Reynolds number of a cell, exceeds 10; Cumulant does not."""

    wall: SolidFraction | BounceBack = field(default_factory=Bouzidi)

    @property
    def steps(self) -> float:
        """Steps in which the stream passes the reference length."""
        return self.across / self.speed

    @property
    def _boundaries(self) -> list[BoundaryCondition]:
        stream = (self.speed, *[0.0] * (self.dimension - 1))
        sides = [FreeSlip(Face(axis, end)) for axis in range(1, self.dimension) for end in (0, 1)]
        return [VelocityInlet(Face(0, 0), stream), *sides, self.outlet]

    @cached_property
    def simulation(self) -> Simulation:
        """The stream at its speed everywhere outside the body, at rest inside it."""
        h = 1.0 / self.across
        shape, origin = [round((self.upstream + self.downstream) / h)], [-self.upstream]
        for axis in range(1, self.dimension):
            mirrored = axis in self.mirrors
            shape.append(round(self.side / h * (1 if mirrored else 2)))
            origin.append(-0.5 * h if mirrored else -self.side)
        if self.dimension == 2:
            origin.append(-0.5 * h)
        simulation = Simulation(
            box(shape, voxel_size=h, origin=origin, device=self.device), viscosity=self.speed * self.across / self.reynolds,
            collision=self.collision, boundaries=self._boundaries, obstacles=[Obstacle("body", self.body, wall=self.wall)],
            precision=wp.float32,
        )
        velocity = np.zeros((*simulation.walls.fluid.shape, self.dimension))
        velocity[..., 0] = self.speed * simulation.walls.fluid
        simulation.set_state(1.0, velocity)
        return simulation

    def start_from(self, other: "FreeStream") -> None:
        """Takes over another grid's or speed's flow."""
        start_from(self.simulation, other.simulation, speed_ratio=self.speed / other.speed)

    def steady_run(self, tolerance: float, *, stretch: float, limit: float) -> None:
        """Runs until the drag stands still to `tolerance`, looked at every `stretch` lengths; raises at `limit` lengths."""
        rule = SteadyRun(tolerance=tolerance, interval=round(stretch * self.steps), max_steps=round(limit * self.steps))
        settled = rule.run(self.simulation, Force("body", (1.0, *[0.0] * (self.dimension - 1))))
        assert settled.converged, f"drag still changes by {settled.change:.1e} after {settled.steps} steps"

    def coefficient(self, force, area: float = 1.0):
        """F / (1/2 rho u^2 A) of a lattice force, A in units of the reference length."""
        return force / (0.5 * self.speed**2 * area * self.across ** (self.dimension - 1))

    @property
    def drag(self) -> float:
        """The force along x on the whole body [lattice force]; cells on a plane of symmetry belong to both halves."""
        simulation = self.simulation
        share = np.full(simulation.walls.fluid.shape, 2.0 ** len(self.mirrors))
        for axis in self.mirrors:
            share[simulation.domain.cell_indices()[..., axis] == 0] *= 0.5
        return float((share * simulation.force_field()[..., 0]).sum())

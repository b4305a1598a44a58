"""A wind tunnel around the bodies of a scene: from SI to a simulation, with every check before the run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import warp as wp

from .boundary import Boundary, Face, FreeSlip, PressureOutlet, VelocityInlet
from .collision import TRT, Collision
from .domain import Domain, box
from .geometry import SolidFraction, TriangleMesh
from .lattice import D3Q19, Lattice
from .machine import free_bytes, gibibytes
from .memory import bytes_per_cell
from .objective import Force
from .obstacle import Obstacle
from .simulation import Simulation
from .units import Units


class TunnelError(ValueError):
    """A tunnel that cannot be built around these bodies."""


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """A box of fluid with flow along one axis past a body: inlet, pressure outlet, sides without friction.

    Lengths of the box are in multiples of L, the body's largest extent across the flow. Re = u L / nu.
    """

    voxel_size: float
    """Edge of a cell [m]."""
    reynolds: float = 60.0
    velocity: float = 1.0
    """u of the incoming flow [m / s], along +axis."""
    density: float = 1.0
    """Of the fluid [kg / m^3]."""
    axis: int = 0
    """Of the flow: 0, 1 or 2 for x, y, z."""
    upstream: float = 2.0
    """From the inlet to the body [L]."""
    downstream: float = 4.0
    """From the body to the outlet [L]."""
    side: float = 1.5
    """From the body to each side [L]."""
    lattice_velocity: float = 0.08
    """u [cells / step]: Mach number u sqrt(3)."""
    lattice: Lattice = D3Q19
    collision: Collision = TRT()
    wall: SolidFraction = SolidFraction()
    precision: type = wp.float32

    def around(self, bodies: Mapping[str, TriangleMesh], obstacle: str) -> "TunnelPlan":
        """What would be run around the obstacle; the other bodies stand in the tunnel too. Checks everything.

        Raises TunnelError, UnitsError with value, limit and remedy.
        """
        if not (math.isfinite(self.voxel_size) and self.voxel_size > 0):
            raise TunnelError(f"voxel size {self.voxel_size} m: must be above 0")
        if min(self.upstream, self.downstream, self.side) <= 0:
            raise TunnelError("upstream, downstream and side must be above 0: the body may not touch the tunnel's ends")
        plan = TunnelPlan(self, dict(bodies), obstacle)
        plan.units.check(cells_across=plan.length / self.voxel_size)
        for name, mesh in bodies.items():
            plan.require_inside(name, mesh)
        return plan


@dataclass(frozen=True, eq=False)
class TunnelPlan:
    """A tunnel around given bodies: sizes, units, memory; `build` makes the simulation."""

    tunnel: Tunnel
    bodies: dict[str, TriangleMesh]
    obstacle: str
    """Name of the body that the tunnel is built around."""
    reference: TriangleMesh | None = None
    """The surface that sets L and the box; by default the obstacle's own. A changed shape keeps its tunnel by it."""

    @cached_property
    def _reference_bounds(self) -> np.ndarray:
        return np.asarray((self.reference or self.bodies[self.obstacle]).bounds, dtype=float)

    @cached_property
    def _across(self) -> list[int]:
        return [k for k in range(3) if k != self.tunnel.axis]

    @cached_property
    def length(self) -> float:
        """L: largest extent of the obstacle across the flow [m]."""
        low, high = self._reference_bounds
        return float(max((high - low)[k] for k in self._across))

    @cached_property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the tunnel [m], (2, 3)."""
        low, high = self._reference_bounds.copy()
        before, after = np.full(3, self.tunnel.side), np.full(3, self.tunnel.side)
        before[self.tunnel.axis], after[self.tunnel.axis] = self.tunnel.upstream, self.tunnel.downstream
        low -= before * self.length
        return np.array([low, low + np.array(self.shape_of(high + after * self.length - low)) * self.tunnel.voxel_size])

    def shape_of(self, extent: np.ndarray) -> tuple[int, ...]:
        """Cells that cover an extent [m], whole tiles: no cell of a tile is wasted."""
        return tuple(int(8 * math.ceil(x / (8 * self.tunnel.voxel_size) - 1e-9)) for x in extent)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return tuple(int(round(x)) for x in (self.bounds[1] - self.bounds[0]) / self.tunnel.voxel_size)

    @cached_property
    def units(self) -> Units:
        """SI <-> lattice."""
        t = self.tunnel
        return Units.from_reynolds(
            t.reynolds, self.length, voxel_size=t.voxel_size, velocity=t.velocity,
            density=t.density, lattice_velocity=t.lattice_velocity,
        )  # fmt: skip

    @property
    def cells(self) -> int:
        return math.prod(self.shape)

    @property
    def state_bytes(self) -> int:
        """Memory of one population array."""
        return self.cells * self.tunnel.lattice.size * wp.types.type_size_in_bytes(self.tunnel.precision)

    @property
    def memory(self) -> int:
        """Memory of a run without gradient [bytes]; a steady gradient adds two population arrays."""
        return self.cells * bytes_per_cell(self.tunnel.lattice, self.tunnel.precision)

    @property
    def flow_through_steps(self) -> int:
        """Steps in which the incoming flow crosses the tunnel."""
        return math.ceil(self.shape[self.tunnel.axis] / self.tunnel.lattice_velocity)

    def require_inside(self, name: str, mesh: TriangleMesh) -> None:
        """Raises TunnelError for a body that crosses the inlet or the outlet, or lies outside."""
        low, high = mesh.bounds
        margin = 2.0 * self.tunnel.voxel_size
        axis = self.tunnel.axis
        if np.any(high < self.bounds[0]) or np.any(low > self.bounds[1]):
            raise TunnelError(
                f"{name} ({_span(low, high)} m) lies outside the tunnel ({_span(*self.bounds)} m): "
                "leave it out, or enlarge upstream, downstream or side"
            )
        for end, gap, side in (("inlet", low - self.bounds[0], "upstream"), ("outlet", self.bounds[1] - high, "downstream")):
            if gap[axis] < margin:
                raise TunnelError(
                    f"{name} is {gap[axis]:.4g} m from the {end}, limit {margin:.4g} m (2 cells): enlarge {side}"
                )

    def require_memory(self, device: wp.Device, population_arrays: int = 2) -> None:
        """Raises TunnelError when the run does not fit, naming the voxel size that would."""
        needed = self.memory + (population_arrays - 2) * self.state_bytes
        free = 0.9 * free_bytes(device)
        if needed > free:
            fitting = self.tunnel.voxel_size * (needed / free) ** (1 / 3) * 1.02
            raise TunnelError(
                f"the run needs {gibibytes(needed)}, the device has {gibibytes(free)} to give: "
                f"a voxel size of {fitting:.4g} m would fit"
            )

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """The tunnel's conditions, in the order in which they apply."""
        axis = self.tunnel.axis
        velocity = tuple(self.tunnel.lattice_velocity if k == axis else 0.0 for k in range(3))
        sides = tuple(FreeSlip(Face(k, end)) for k in self._across for end in (0, 1))
        return (VelocityInlet(Face(axis, 0), velocity), *sides, PressureOutlet(Face(axis, 1)))

    def domain(self, device: wp.DeviceLike = None) -> Domain:
        """The tunnel's cells."""
        return box(self.shape, voxel_size=self.tunnel.voxel_size, origin=tuple(self.bounds[0]), device=device)

    def build(self, device: wp.DeviceLike = None) -> Simulation:
        """The simulation, at the incoming velocity everywhere. Raises TunnelError when it does not fit in memory."""
        self.require_memory(wp.get_device(device))
        simulation = Simulation(
            self.domain(device), viscosity=self.units.lattice_viscosity, lattice=self.tunnel.lattice,
            collision=self.tunnel.collision, boundaries=self.boundaries, precision=self.tunnel.precision,
            obstacles=[Obstacle(name, mesh, self.tunnel.wall) for name, mesh in self.bodies.items()],
        )  # fmt: skip
        simulation.set_state(1.0, self.boundaries[0].velocity)  # type: ignore[attr-defined]
        return simulation

    @property
    def drag(self) -> Force:
        """Force on the obstacle along the flow [lattice force]."""
        return Force(self.obstacle, tuple(float(k == self.tunnel.axis) for k in range(3)))

    def frontal_area(self, simulation: Simulation) -> float:
        """Area of the obstacle seen along the flow [m^2], counted in cells at least half solid."""
        solid = simulation.domain.dense(simulation.solid.numpy()[: simulation.domain.fluid.size].reshape(simulation.domain.fluid.shape))
        return float((solid.max(axis=self.tunnel.axis) >= 0.5).sum() * self.tunnel.voxel_size**2)

    def drag_coefficient(self, force: float, area: float) -> float:
        """F / (1/2 rho u^2 A) of a lattice force, with the area in m^2."""
        t = self.tunnel
        return self.units.force_to_si(force) / (0.5 * t.density * t.velocity**2 * area)


def _span(low: np.ndarray, high: np.ndarray) -> str:
    return " to ".join("(" + ", ".join(f"{x:.4g}" for x in corner) + ")" for corner in (low, high))

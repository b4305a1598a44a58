"""A wind tunnel around the bodies of a scene: from SI to a simulation, with every check before the run."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..estimate.memory import MemoryPerCell, shortage
from ..geometry import SolidFraction, TriangleMesh, repair
from ..geometry.coarse_faces import coarse_faces
from ..geometry.frontal_area import frontal_area
from ..grid import Domain
from ..grid.build import box
from ..lattice import D3Q19, Lattice
from ..models.boundary import BoundaryCondition, Face, FreeSlip, MovingWall, PressureOutlet, Profile, VelocityInlet
from ..models.collision import BGK, TRT, Collision
from ..models.wall import BounceBack
from ..observe import Force
from ..solver import Obstacle, Simulation
from ..units import Units
from .sides import SideCondition, SideWall
from .steady_run import SteadyRun

if TYPE_CHECKING:
    from ..scene.usd import Scene

CELLS_ACROSS = 16
"""Cells across the obstacle where no voxel size is given."""


_OUTLET_RELAXATION = 0.02
"""Ten times the outlet's default: the wake reaches its pressure in 140 steps instead of 1400. It reflects more sound, of
which a steady flow has none."""
_STABLE_INLET = 10.0
"""u / nu [1 / cell]: what two relaxation times, or one, hold beside a velocity inlet."""


@dataclass(frozen=True, kw_only=True)
class WindTunnel:
    """A box of fluid with flow along one axis past a body: inlet, pressure outlet, sides without friction or walls.

    Lengths of the box are in multiples of L, the body's largest extent across the flow. Re = u L / nu.
    """

    voxel_size: float | None = None
    """Edge of a cell [m]; None: a sixteenth of L."""
    reynolds: float = 60.0
    viscosity: float | None = None
    """nu [m^2 / s], in place of the Reynolds number."""
    velocity: float = 1.0
    """u of the incoming flow [m / s], along +axis; with a profile its largest."""
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
    corners: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Lower and upper corner of the box [m], in place of the three distances; the upper one moves out to whole tiles."""
    walls: tuple[SideWall, ...] = ()
    """Sides with friction; the others have none."""
    conditions: tuple[SideCondition, ...] = ()
    """Boundary conditions in place of the tunnel's own; empty: velocity inlet, pressure outlet, moving walls and free slip."""
    profile: Profile | None = None
    """Of the inlet; None: uniform."""
    lattice_velocity: float = 0.08
    """u [cells / step]: Mach number u sqrt(3)."""
    lattice: Lattice = D3Q19
    collision: Collision = field(default_factory=TRT)
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """Of all bodies. Only with solid fractions can they be moved, and optimised."""
    precision: type = wp.float32

    def around(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, *, device: wp.DeviceLike | None = None
    ) -> "WindTunnelSetup":
        """What would be run around the obstacle; the other bodies stand in the tunnel too. Checks everything.

        Memory is checked where a device is named. Raises TunnelError, UnitsError with value, limit and remedy.
        """
        self._check()
        if obstacle not in bodies:
            raise WindTunnelError(f"no body {obstacle!r}; there are: {', '.join(bodies) or 'none'}")
        length = _across(bodies[obstacle], self.axis)
        reynolds = self.reynolds if self.viscosity is None else self.velocity * length / self.viscosity
        tunnel = replace(self, voxel_size=self.voxel_size or length / CELLS_ACROSS, reynolds=reynolds)
        plan = WindTunnelSetup(tunnel, dict(bodies), obstacle)
        if device is not None:
            plan.require_memory(device)
        plan.units.check(cells_across=plan.cells_across)
        for name, mesh in bodies.items():
            plan.require_inside(name, mesh)
        return plan

    def in_scene(
        self, scene: "Scene", obstacle: str | None = None, *, ignore: Collection[str] = (),
        device: wp.DeviceLike | None = None,
    ) -> "WindTunnelSetup":  # fmt: skip
        """The tunnel around a prim of a scene, by default around its only body; `ignore`: prims that are left out.

        Degenerate faces are dropped, inverted ones turned; points keep their number and order.
        Raises TunnelError where there are several bodies and none is named, SceneError for prims that are not there.
        """
        left_out = [name for path in ignore for name in _names_below(scene, path)]
        bodies = [body for body in scene.bodies if body.path not in left_out]
        if obstacle is None:
            if len(bodies) != 1:
                names = ", ".join(body.path for body in bodies) or "none"
                raise WindTunnelError(f"{len(bodies)} bodies and no obstacle specified: choose one of {names}")
            obstacle = bodies[0].path
        target, within = scene.body(obstacle), _names_below(scene, obstacle)
        standing = [target, *(body for body in bodies if body.path not in within)]
        meshes = {body.path: repair(body.mesh, body.path)[0] for body in standing}
        return self.around(meshes, target.path, device=device)

    def _check(self) -> None:
        if self.voxel_size is not None and not (math.isfinite(self.voxel_size) and self.voxel_size > 0):
            raise WindTunnelError(f"voxel size {self.voxel_size} m: must be above 0")
        for name in ("upstream", "downstream", "side"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise WindTunnelError(f"{name} is {value} L, must be above 0: the body may not touch the tunnel's ends")
        if self.viscosity is not None and not (math.isfinite(self.viscosity) and self.viscosity > 0):
            raise WindTunnelError(f"viscosity {self.viscosity} m^2/s: must be above 0")
        if self.corners is not None and not np.all(np.array(self.corners[0]) < np.array(self.corners[1])):
            raise WindTunnelError(f"a box from {self.corners[0]} to {self.corners[1]} m is empty: give the lower corner first")
        for wall in self.walls:
            if wall.face.axis == self.axis:
                raise WindTunnelError(f"a wall on {wall.face}, where flow enters or leaves: the other four sides can be walls")


def _names_below(scene: "Scene", path: str) -> list[str]:
    """The bodies at or below a prim."""
    root = scene.body(path).path
    return [body.path for body in scene.bodies if body.path == root or body.path.startswith(root.rstrip("/") + "/")]


def _across(mesh: TriangleMesh, axis: int) -> float:
    """Largest extent of a body across the flow [m]."""
    low, high = mesh.bounds
    return float(max((high - low)[k] for k in range(3) if k != axis))


@dataclass(frozen=True, eq=False)
class WindTunnelSetup:
    """A tunnel around given bodies: sizes, units, memory; `build` makes the simulation. Made by `WindTunnel.around`."""

    tunnel: WindTunnel
    """The options, the voxel size settled."""
    bodies: dict[str, TriangleMesh]
    obstacle: str
    """Name of the body that the tunnel is built around."""

    @property
    def mesh(self) -> TriangleMesh:
        """The obstacle's surface."""
        return self.bodies[self.obstacle]

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        return self.tunnel.voxel_size  # type: ignore[return-value]

    @cached_property
    def length(self) -> float:
        """L: largest extent of the obstacle across the flow [m]."""
        return _across(self.mesh, self.tunnel.axis)

    @property
    def cells_across(self) -> float:
        """L in cells."""
        return self.length / self.voxel_size

    @cached_property
    def frontal_area(self) -> float:
        """A: area of the obstacle's silhouette along the flow [m^2]."""
        return frontal_area(self.mesh, self.tunnel.axis)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the tunnel [m], (2, 3)."""
        low, high = self._margins if self.tunnel.corners is None else np.array(self.tunnel.corners)
        size = np.array(self._whole_tiles(high - low)) * self.voxel_size
        if self.tunnel.corners is None:
            # A body amid its margins stays there, so that a symmetric flow stays symmetric.
            across = np.arange(3) != self.tunnel.axis
            low = np.where(across, low - 0.5 * (size - (high - low)), low)
        return np.array([low, low + size])

    @property
    def _margins(self) -> np.ndarray:
        """Corners at the distances from the body that the tunnel asks for [m], (2, 3)."""
        low, high = self.mesh.bounds
        before, after = np.full(3, self.tunnel.side), np.full(3, self.tunnel.side)
        before[self.tunnel.axis], after[self.tunnel.axis] = self.tunnel.upstream, self.tunnel.downstream
        return np.array([low - before * self.length, high + after * self.length])

    def _whole_tiles(self, extent: np.ndarray) -> tuple[int, ...]:
        """Cells that cover an extent [m], in whole tiles: no cell of a tile is wasted."""
        return tuple(int(8 * math.ceil(x / (8 * self.voxel_size) - 1e-9)) for x in extent)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return tuple(round(x) for x in (self.bounds[1] - self.bounds[0]) / self.voxel_size)

    @property
    def units(self) -> Units:
        """SI <-> lattice."""
        t = self.tunnel
        return Units.from_reynolds(
            t.reynolds, self.length, voxel_size=self.voxel_size, velocity=t.velocity,
            density=t.density, lattice_velocity=t.lattice_velocity,
        )  # fmt: skip

    def refined(self, factor: float) -> "WindTunnelSetup":
        """The same tunnel on voxels finer by a factor; whole tiles may make it a little longer or shorter."""
        return replace(self.tunnel, voxel_size=self.voxel_size / factor).around(self.bodies, self.obstacle)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What costs accuracy, or may blow up, though it can be run."""
        found, u = self.units.check(cells_across=self.cells_across), self.tunnel.lattice_velocity
        share = u / self.units.lattice_viscosity
        if share > _STABLE_INLET and isinstance(self.tunnel.collision, (BGK, TRT)):
            found += (
                f"u / nu is {share:.3g} a cell: above about {_STABLE_INLET:g}, BGK and TRT blow up beside a velocity inlet; "
                "choose the collision CentralMoment, or the lattice D3Q27 with it, Cumulant or RecursiveRegularised",
            )
        return (*found, *coarse_faces(self.mesh, self.voxel_size, self.obstacle))

    @property
    def headline(self) -> str:
        """One line on what is about to run."""
        size = " x ".join(map(str, self.shape))
        return (
            f"{self.obstacle}: {self.cells_across:.1f} cells across, tunnel of {size} cells, Reynolds number "
            f"{self.tunnel.reynolds:g}, Mach number {self.units.mach:.3f}"
        )

    @property
    def cells(self) -> int:
        return math.prod(self.shape)

    @cached_property
    def _bytes(self) -> MemoryPerCell:
        return MemoryPerCell.of(self.tunnel.lattice, self.tunnel.collision, self.tunnel.precision)

    @property
    def state_bytes(self) -> int:
        """Memory of one population array."""
        return self.cells * self._bytes.state

    @property
    def memory(self) -> int:
        """Memory of a run without gradient [bytes]."""
        return self.cells * self._bytes.run

    @property
    def gradient_memory(self) -> int:
        """Memory of a run with steady gradients [bytes]."""
        return self.cells * self._bytes.gradient

    @property
    def flow_through_steps(self) -> int:
        """Steps in which the incoming flow crosses the tunnel."""
        return math.ceil(self.shape[self.tunnel.axis] / self.tunnel.lattice_velocity)

    @property
    def steady_run(self) -> SteadyRun:
        """How a flow is brought to rest here: looked at eight times a crossing of the tunnel, ten crossings at most."""
        return SteadyRun.of_crossing(self.flow_through_steps)

    def require_inside(self, name: str, mesh: TriangleMesh) -> None:
        """Raises TunnelError for a body that crosses the inlet or the outlet, or lies outside."""
        low, high = mesh.bounds
        margin = 2.0 * self.voxel_size
        axis = self.tunnel.axis
        if np.any(high < self.bounds[0]) or np.any(low > self.bounds[1]):
            raise WindTunnelError(
                f"{name} ({_span(low, high)} m) lies outside the tunnel ({_span(*self.bounds)} m): "
                "leave it out (ignore=), or enlarge upstream, downstream or side"
            )
        gaps = (("inlet", low - self.bounds[0], "upstream"), ("outlet", self.bounds[1] - high, "downstream"))
        for end, gap, side in gaps:
            if gap[axis] < margin:
                where = f"is {gap[axis]:.4g} m from" if gap[axis] >= 0.0 else f"reaches {-gap[axis]:.4g} m beyond"
                raise WindTunnelError(
                    f"{name} {where} the {end}, limit {margin:.4g} m (2 cells) before it: "
                    + (f"enlarge {side}" if self.tunnel.corners is None else "move the corners apart")
                    + ("" if name == self.obstacle else ", or leave it out (ignore=)")
                )

    def require_memory(self, device: wp.DeviceLike = None, *, gradient: bool = False) -> None:
        """Raises TunnelError when the run does not fit, naming the voxel size that would."""
        needed = self.gradient_memory if gradient else self.memory
        short = shortage(f"{self.cells:.3g} cells of {self.voxel_size:.4g} m", needed, self.voxel_size, device)
        if short:
            low, high = self.mesh.bounds
            size = f"{self.obstacle} is {' x '.join(f'{x:.4g}' for x in high - low)} m"
            raise WindTunnelError(f"{short}; {size}: if it is not, its file is in another unit (metres_per_unit)")

    def require_movable(self) -> None:
        """Raises TunnelError where the obstacle can only stand where it is."""
        if isinstance(self.tunnel.wall, BounceBack):
            raise WindTunnelError(
                f"the walls lie on links, {self.tunnel.wall}: they do not move, and their gradient does not follow the drag over "
                "cells; use wall=SolidFraction() (partiallySaturated in a case), which is checked against such walls at the end"
            )

    @property
    def _inflow(self) -> tuple[float, ...]:
        """Incoming velocity [cells / step]."""
        return tuple(self.tunnel.lattice_velocity if k == self.tunnel.axis else 0.0 for k in range(3))

    @property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """Boundary conditions in the order in which they apply: sliding walls before walls at rest (see `MovingWall`)."""
        axis, own = self.tunnel.axis, {each.face: each.model for each in self.tunnel.conditions}

        def condition(model: type[BoundaryCondition], face: Face, *velocity: tuple[float, ...], **more) -> BoundaryCondition:
            return own[face](face, *velocity) if face in own else model(face, *velocity, **more)

        walls = sorted(self.tunnel.walls, key=lambda wall: not any(wall.velocity))
        stuck = [wall.face for wall in walls]
        sides = [Face(k, end) for k in range(3) if k != axis for end in (0, 1)]
        return (
            condition(VelocityInlet, Face(axis, 0), self._inflow, profile=self.tunnel.profile),
            *(
                condition(MovingWall, wall.face, tuple(map(self.units.velocity_to_lattice, wall.velocity)))
                for wall in walls
            ),
            *(condition(FreeSlip, face) for face in sides if face not in stuck),
            condition(PressureOutlet, Face(axis, 1), relaxation=_OUTLET_RELAXATION),
        )

    def domain(self, device: wp.DeviceLike = None) -> Domain:
        """The tunnel's cells."""
        return box(self.shape, voxel_size=self.voxel_size, origin=tuple(self.bounds[0]), device=device)

    def build(
        self, device: wp.DeviceLike = None, *, wall: BounceBack | None = None, points: np.ndarray | None = None
    ) -> Simulation:
        """The simulation, at the incoming velocity everywhere.

        `wall`: in place of the tunnel's own; `points`: of the obstacle [m], (n, 3), in place of those that were read.
        Raises TunnelError when it does not fit in memory.
        """
        self.require_memory(device)
        bodies = dict(self.bodies)
        if points is not None:
            bodies[self.obstacle] = self.mesh.with_points(points)
        simulation = Simulation(
            self.domain(device), viscosity=self.units.lattice_viscosity, lattice=self.tunnel.lattice,
            collision=self.tunnel.collision, boundaries=self.boundaries, precision=self.tunnel.precision,
            obstacles=[Obstacle(name, mesh, wall or self.tunnel.wall) for name, mesh in bodies.items()],
        )  # fmt: skip
        simulation.set_state(1.0, self._inflow)
        return simulation

    @property
    def drag(self) -> Force:
        """Force on the obstacle along the flow [lattice force]."""
        return Force(self.obstacle, tuple(float(k == self.tunnel.axis) for k in range(3)))

    def drag_coefficient(self, force: float) -> float:
        """C_d = F / (1/2 rho u^2 A) of a lattice force."""
        return self.units.force_to_si(force) / self.reference_force

    @property
    def reference_force(self) -> float:
        """1/2 rho u^2 A [N]."""
        return 0.5 * self.tunnel.density * self.tunnel.velocity**2 * self.frontal_area


def _span(low: np.ndarray, high: np.ndarray) -> str:
    return " to ".join("(" + ", ".join(f"{x:.4g}" for x in corner) + ")" for corner in (low, high))

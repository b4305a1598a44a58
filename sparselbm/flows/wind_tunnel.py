"""Wind tunnel around the bodies of a scene: from SI units to a simulation, with all checks first."""

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
from ..units import Units, is_below
from .sides import SideCondition, SideWall
from .steady_run import SteadyRun

if TYPE_CHECKING:
    from ..scene.usd import Scene

CELLS_ACROSS = 16
"""Cells across the obstacle if no voxel size is given."""


_OUTLET_RELAXATION = 0.02
"""Ten times the default of the outlet: the wake reaches its pressure in 140 steps instead of 1400. It reflects more sound,
which a steady flow does not have."""
_STABLE_INLET = 10.0
"""Largest u / nu [1 / cell] at which one or two relaxation times are stable next to a velocity inlet."""


@dataclass(frozen=True, kw_only=True)
class WindTunnel:
    """Box with flow along one axis past a body: inlet, pressure outlet, and free-slip sides or walls.

    Lengths of the box are multiples of L, the body's largest extent across the flow. Re = u L / nu.
    """

    voxel_size: float | None = None
    """Edge of a cell [m]; None: a sixteenth of L."""
    reynolds: float = 60.0
    viscosity: float | None = None
    """Kinematic viscosity nu [m^2 / s], instead of the Reynolds number."""
    velocity: float = 1.0
    """Velocity u of the incoming flow [m / s], along +axis; the largest one of a profile."""
    density: float = 1.0
    """Density of the fluid [kg / m^3]."""
    axis: int = 0
    """Axis of the flow: 0, 1 or 2 for x, y, z."""
    upstream: float = 2.0
    """Distance from the inlet to the body [L]."""
    downstream: float = 4.0
    """Distance from the body to the outlet [L]."""
    side: float = 1.5
    """Distance from the body to each side [L]."""
    corners: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Lower and upper corner of the box [m], instead of the three distances; the upper one is moved out to whole tiles."""
    walls: tuple[SideWall, ...] = ()
    """Sides with friction; the others have none."""
    conditions: tuple[SideCondition, ...] = ()
    """Boundary conditions in place of the tunnel's own; empty: velocity inlet, pressure outlet, moving walls and free slip."""
    profile: Profile | None = None
    """Velocity profile of the inlet; None: uniform."""
    lattice_velocity: float = 0.08
    """Velocity u in lattice units [cells / step]: the Mach number is u sqrt(3)."""
    lattice: Lattice = D3Q19
    collision: Collision = field(default_factory=TRT)
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """Wall model of all bodies. Only bodies with a solid fraction can be moved and optimised."""
    precision: type = wp.float32

    def around(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, *, device: wp.DeviceLike | None = None
    ) -> "WindTunnelSetup":
        """Returns the checked set-up around the obstacle; the other bodies are in the tunnel too.

        Memory is checked if a device is given. Raises WindTunnelError, UnitsError with value, limit and remedy.
        """
        self._check()
        if obstacle not in bodies:
            raise WindTunnelError(f"there is no body {obstacle!r}: use one of {', '.join(bodies) or 'none'}")
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
    ) -> "WindTunnelSetup":
        """The tunnel around a prim of a scene, by default around its only body; `ignore`: prims that are left out.

        Degenerate faces are removed and inverted ones reversed; points keep their number and order.
        Raises WindTunnelError if there are several bodies and none is named, SceneError for prims that do not exist.
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
            raise WindTunnelError(f"the voxel size is {self.voxel_size} m: it must be finite and above 0")
        for name in ("upstream", "downstream", "side"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise WindTunnelError(
                    f"{name} is {value} L: it must be above 0, since the body may not touch the ends of the tunnel"
                )
        if self.viscosity is not None and not (math.isfinite(self.viscosity) and self.viscosity > 0):
            raise WindTunnelError(f"the viscosity is {self.viscosity} m^2/s: it must be finite and above 0")
        if self.corners is not None and not np.all(np.array(self.corners[0]) < np.array(self.corners[1])):
            raise WindTunnelError(
                f"the box from {self.corners[0]} to {self.corners[1]} m is empty: pass the lower corner first"
            )
        for wall in self.walls:
            if wall.face.axis == self.axis:
                raise WindTunnelError(
                    f"the wall on {wall.face} is where the flow enters or leaves: only the other four sides can be "
                    "walls"
                )


def _names_below(scene: "Scene", path: str) -> list[str]:
    """Names of the bodies at or below a prim."""
    root = scene.body(path).path
    return [body.path for body in scene.bodies if body.path == root or body.path.startswith(root.rstrip("/") + "/")]


def _across(mesh: TriangleMesh, axis: int) -> float:
    """Largest extent of a body across the flow [m]."""
    low, high = mesh.bounds
    return float(max((high - low)[k] for k in range(3) if k != axis))


@dataclass(frozen=True, eq=False)
class WindTunnelSetup:
    """Set-up of a tunnel around given bodies: sizes, units, memory; `build` creates the simulation.

    Made by `WindTunnel.around`.
    """

    tunnel: WindTunnel
    """Options, with the voxel size determined."""
    bodies: dict[str, TriangleMesh]
    obstacle: str
    """Name of the body around which the tunnel is built."""

    @property
    def mesh(self) -> TriangleMesh:
        """Surface of the obstacle."""
        return self.bodies[self.obstacle]

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        return self.tunnel.voxel_size  # type: ignore[return-value]

    @cached_property
    def length(self) -> float:
        """Length L: largest extent of the obstacle across the flow [m]."""
        return _across(self.mesh, self.tunnel.axis)

    @property
    def cells_across(self) -> float:
        """Length L in cells."""
        return self.length / self.voxel_size

    @cached_property
    def frontal_area(self) -> float:
        """Frontal area A: area of the obstacle's silhouette along the flow [m^2]."""
        return frontal_area(self.mesh, self.tunnel.axis)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the tunnel [m], (2, 3)."""
        low, high = self._margins if self.tunnel.corners is None else np.array(self.tunnel.corners)
        size = np.array(self._whole_tiles(high - low)) * self.voxel_size
        if self.tunnel.corners is None:
            # A body centred between its margins stays centred, so that a symmetric flow stays symmetric.
            across = np.arange(3) != self.tunnel.axis
            low = np.where(across, low - 0.5 * (size - (high - low)), low)
        return np.array([low, low + size])

    @property
    def _margins(self) -> np.ndarray:
        """Corners at the requested distances from the body [m], (2, 3)."""
        low, high = self.mesh.bounds
        before, after = np.full(3, self.tunnel.side), np.full(3, self.tunnel.side)
        before[self.tunnel.axis], after[self.tunnel.axis] = self.tunnel.upstream, self.tunnel.downstream
        return np.array([low - before * self.length, high + after * self.length])

    def _whole_tiles(self, extent: np.ndarray) -> tuple[int, ...]:
        """Number of cells that cover an extent [m], rounded up to whole tiles so that no cell of a tile is wasted."""
        return tuple(int(8 * math.ceil(x / (8 * self.voxel_size) - 1e-9)) for x in extent)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Number of cells along each axis."""
        return tuple(round(x) for x in (self.bounds[1] - self.bounds[0]) / self.voxel_size)

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        t = self.tunnel
        return Units.from_reynolds(
            t.reynolds, self.length, voxel_size=self.voxel_size, velocity=t.velocity,
            density=t.density, lattice_velocity=t.lattice_velocity,
        )

    def refined(self, factor: float) -> "WindTunnelSetup":
        """Returns the same tunnel with voxels finer by a factor; whole tiles may change its length slightly."""
        return replace(self.tunnel, voxel_size=self.voxel_size / factor).around(self.bodies, self.obstacle)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy or may be unstable."""
        found, u = self.units.check(cells_across=self.cells_across), self.tunnel.lattice_velocity
        share = u / self.units.lattice_viscosity
        if is_below(_STABLE_INLET, share) and isinstance(self.tunnel.collision, (BGK, TRT)):
            found += (
                f"u / nu is {share:.3g} per cell, above about {_STABLE_INLET:g}: BGK and TRT are unstable next to a "
                "velocity inlet. Use the collision CentralMoment, or D3Q27 with CentralMoment, Cumulant or "
                "RecursiveRegularised",
            )
        return (*found, *coarse_faces(self.mesh, self.voxel_size, self.obstacle))

    @property
    def headline(self) -> str:
        """One-line summary of the run."""
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
        """Memory of one population array [bytes]."""
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
        """Number of steps in which the incoming flow crosses the tunnel."""
        return math.ceil(self.shape[self.tunnel.axis] / self.tunnel.lattice_velocity)

    @property
    def steady_run(self) -> SteadyRun:
        """Convergence criterion: checked eight times per crossing of the tunnel, for at most ten crossings."""
        return SteadyRun.of_crossing(self.flow_through_steps)

    def require_inside(self, name: str, mesh: TriangleMesh) -> None:
        """Raises WindTunnelError if a body crosses the inlet or the outlet, or is outside."""
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
            if is_below(gap[axis], margin):
                where = f"is {gap[axis]:.4g} m from" if gap[axis] >= 0.0 else f"reaches {-gap[axis]:.4g} m beyond"
                raise WindTunnelError(
                    f"{name} {where} the {end}, but must end {margin:.4g} m (2 cells) before it: "
                    + (f"enlarge {side}" if self.tunnel.corners is None else "move the corners apart")
                    + ("" if name == self.obstacle else ", or leave it out (ignore=)")
                )

    def require_memory(self, device: wp.DeviceLike = None, *, gradient: bool = False) -> None:
        """Raises WindTunnelError if the run does not fit in memory, naming a voxel size that would."""
        needed = self.gradient_memory if gradient else self.memory
        short = shortage(f"{self.cells:.3g} cells of {self.voxel_size:.4g} m", needed, self.voxel_size, device)
        if short:
            low, high = self.mesh.bounds
            size = f"{self.obstacle} is {' x '.join(f'{x:.4g}' for x in high - low)} m"
            raise WindTunnelError(f"{short}; {size}: if this size is wrong, set the unit of its file (metres_per_unit)")

    def require_movable(self) -> None:
        """Raises WindTunnelError if the obstacle cannot be moved."""
        if isinstance(self.tunnel.wall, BounceBack):
            raise WindTunnelError(
                f"the wall model {self.tunnel.wall} is on links: such walls do not move, and their gradient does not follow the "
                "trend of the drag. Use wall=SolidFraction() (partiallySaturated in a case); it is cross-checked at the end"
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
        """Domain of the tunnel."""
        return box(self.shape, voxel_size=self.voxel_size, origin=tuple(self.bounds[0]), device=device)

    def build(
        self, device: wp.DeviceLike = None, *, wall: BounceBack | None = None, points: np.ndarray | None = None
    ) -> Simulation:
        """Returns the simulation, with the incoming velocity everywhere.

        `wall`: instead of the tunnel's own; `points`: of the obstacle [m], (n, 3), instead of the undeformed ones.
        Raises WindTunnelError if it does not fit in memory.
        """
        self.require_memory(device)
        bodies = dict(self.bodies)
        if points is not None:
            bodies[self.obstacle] = self.mesh.with_points(points)
        simulation = Simulation(
            self.domain(device), viscosity=self.units.lattice_viscosity, lattice=self.tunnel.lattice,
            collision=self.tunnel.collision, boundaries=self.boundaries, precision=self.tunnel.precision,
            obstacles=[Obstacle(name, mesh, wall or self.tunnel.wall) for name, mesh in bodies.items()],
        )
        simulation.set_state(1.0, self._inflow)
        return simulation

    @property
    def drag(self) -> Force:
        """Drag force on the obstacle along the flow [lattice force]."""
        return Force(self.obstacle, tuple(float(k == self.tunnel.axis) for k in range(3)))

    def drag_coefficient(self, force: float) -> float:
        """Drag coefficient C_d = F / (1/2 rho u^2 A) of a lattice force."""
        return self.units.force_to_si(force) / self.reference_force

    @property
    def reference_force(self) -> float:
        """Reference force 1/2 rho u^2 A [N]."""
        return 0.5 * self.tunnel.density * self.tunnel.velocity**2 * self.frontal_area


def _span(low: np.ndarray, high: np.ndarray) -> str:
    return " to ".join("(" + ", ".join(f"{x:.4g}" for x in corner) + ")" for corner in (low, high))

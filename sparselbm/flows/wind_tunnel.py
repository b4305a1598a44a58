"""Wind tunnel around the bodies of a scene: from SI units to a checked set-up."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..estimate.memory import MemoryPerCell
from ..geometry import SolidFraction, TriangleMesh, repair
from ..geometry.coarse_faces import coarse_faces
from ..geometry.frontal_area import frontal_area
from ..grid import Domain
from ..grid.build import box
from ..layout import TileLayout
from ..models.boundary import BoundaryCondition, Face, FreeSlip, MovingWall, PressureOutlet, Profile, VelocityInlet
from ..models.collision import BGK, TRT
from ..models.wall import BounceBack
from ..observe import Force
from ..solver import Obstacle, Simulation
from ..units import Units, is_below
from .coefficients import FlowCoefficient
from .options import FlowOptions
from .setup import Flow, FlowSetup
from .sides import SideCondition, SideWall
from .tunnel_box import box_around, box_between, extent_across

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
class WindTunnel(FlowOptions):
    """Box with flow along one axis past a body: inlet, pressure outlet, and free-slip sides or walls.

    Lengths of the box are multiples of L, the body's largest extent across the flow. Re = u L / nu. The default voxel size is
    L / 16.
    """

    velocity: float = 1.0
    """Velocity u of the incoming flow [m / s], along +axis; the largest one of a profile."""
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
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """Wall model of all bodies. Only bodies with a solid fraction can be moved and optimised."""

    def around(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, *, device: wp.DeviceLike | None = None
    ) -> WindTunnelSetup:
        """Returns the checked set-up around the obstacle; the other bodies are in the tunnel too.

        Raises WindTunnelError, UnitsError with value, limit and remedy.
        """
        self.check()
        if obstacle not in bodies:
            raise WindTunnelError(f"there is no body {obstacle!r}: use one of {', '.join(bodies) or 'none'}")
        length = extent_across(bodies[obstacle], self.axis)
        reynolds = self.reynolds if self.viscosity is None else self.velocity * length / self.viscosity
        options = replace(self, voxel_size=self.voxel_size or length / CELLS_ACROSS, reynolds=reynolds)
        setup = WindTunnelSetup(options, dict(bodies), obstacle=obstacle, device=device)
        setup.check()
        return setup

    def in_scene(
        self, scene: Scene, obstacle: str | None = None, *, ignore: Collection[str] = (),
        device: wp.DeviceLike | None = None,
    ) -> WindTunnelSetup:
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

    def check(self) -> None:
        """Raises WindTunnelError for options that do not fit together, independently of the bodies."""
        self.require_positive(WindTunnelError)
        for name in ("upstream", "downstream", "side"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise WindTunnelError(
                    f"{name} is {value} L: it must be above 0, since the body may not touch the ends of the tunnel"
                )
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


def _names_below(scene: Scene, path: str) -> list[str]:
    """Names of the bodies at or below a prim."""
    root = scene.body(path).path
    return [body.path for body in scene.bodies if body.path == root or body.path.startswith(root.rstrip("/") + "/")]


@dataclass(frozen=True, eq=False)
class WindTunnelSetup(FlowSetup):
    """Set-up of a wind tunnel around given bodies, made by `WindTunnel.around`."""

    options: WindTunnel
    """Options, with the voxel size determined."""
    bodies: dict[str, TriangleMesh]
    """Surfaces of all bodies by name; the tunnel is built around `obstacle`."""

    @property
    def mesh(self) -> TriangleMesh:
        """Surface of the obstacle."""
        return self.bodies[self.obstacle]

    @cached_property
    def length(self) -> float:
        """Length L: largest extent of the obstacle across the flow [m]."""
        return extent_across(self.mesh, self.options.axis)

    @property
    def cells_across(self) -> float:
        """Length L in cells."""
        return self.length / self.voxel_size

    @cached_property
    def frontal_area(self) -> float:
        """Frontal area A: area of the obstacle's silhouette along the flow [m^2]."""
        return frontal_area(self.mesh, self.options.axis)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the tunnel [m], (2, 3)."""
        o = self.options
        if o.corners is not None:
            return box_between(np.array(o.corners[0]), np.array(o.corners[1]), self.voxel_size)
        return box_around(
            self.mesh, o.axis, upstream=o.upstream * self.length, downstream=o.downstream * self.length,
            side=o.side * self.length, voxel_size=self.voxel_size,
        )

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Number of cells along each axis."""
        return tuple(round(x) for x in (self.bounds[1] - self.bounds[0]) / self.voxel_size)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    @property
    def least_cells(self) -> int:
        """Number of cells: every tile of the box is full."""
        return self.cells

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return self.cells // TileLayout(3).cells

    @cached_property
    def domain(self) -> Domain:
        """Cells of the tunnel, made on first use."""
        return box(self.shape, voxel_size=self.voxel_size, origin=tuple(self.bounds[0]), device=self.device)

    @property
    def memory_per_cell(self) -> MemoryPerCell:
        """Memory per cell [bytes]."""
        return self.options.memory_per_cell

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        o = self.options
        return Units.from_reynolds(
            o.reynolds, self.length, voxel_size=o.voxel_size, velocity=o.velocity,  # type: ignore[arg-type]
            density=o.density, lattice_velocity=o.lattice_velocity,
        )

    @property
    def reference_pressure(self) -> float:
        """Pressure at the outlet: 0 Pa."""
        return 0.0

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy or may be unstable."""
        found, u = self.units.check(cells_across=self.cells_across), self.options.lattice_velocity
        share = u / self.units.lattice_viscosity
        if is_below(_STABLE_INLET, share) and isinstance(self.options.collision, (BGK, TRT)):
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
            f"{self.options.reynolds:g}, Mach number {self.units.mach:.3f}"
        )

    @property
    def flow_through_steps(self) -> int:
        """Number of steps in which the incoming flow crosses the tunnel."""
        return math.ceil(self.shape[self.options.axis] / self.options.lattice_velocity)

    def require_valid(self) -> None:
        """Raises UnitsError for units and cells outside the limits, WindTunnelError for bodies at the ends or outside."""
        self.units.check(cells_across=self.cells_across)
        for name, mesh in self.bodies.items():
            self._require_inside(name, mesh)

    def require_movable(self) -> TriangleMesh:
        """Returns the surface of the obstacle. Raises WindTunnelError if its wall is on links."""
        if isinstance(self.options.wall, BounceBack):
            raise WindTunnelError(
                f"the wall model {self.options.wall} is on links: such walls do not move, and their gradient does not follow the "
                "trend of the drag. Use wall=SolidFraction() (partiallySaturated in a case); it is cross-checked at the end"
            )
        return self.mesh

    def require_place(self, points: np.ndarray) -> None:
        """Raises WindTunnelError if the obstacle at these points crosses the inlet or the outlet, or is outside."""
        self._require_inside(self.obstacle, self.mesh.with_points(points))

    def require_rebuild(self) -> None:
        """Accepts all wall models."""

    def memory_error(self, shortage: str) -> WindTunnelError:
        """Error that adds the size of the obstacle, since a wrong unit of its file is the usual cause."""
        low, high = self.mesh.bounds
        size = f"{self.obstacle} is {' x '.join(f'{x:.4g}' for x in high - low)} m"
        return WindTunnelError(f"{shortage}; {size}: if this size is wrong, set the unit of its file (metres_per_unit)")

    def refined(self, factor: float) -> WindTunnelSetup:
        """Returns the same tunnel with voxels finer by a factor; whole tiles may change its length slightly."""
        finer = replace(self.options, voxel_size=self.voxel_size / factor)
        return finer.around(self.bodies, self.obstacle, device=self.device)

    def in_double_precision(self) -> WindTunnelSetup:
        """Returns the same set-up in double precision."""
        return replace(self, options=replace(self.options, precision=wp.float64))

    @property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """Boundary conditions of the sides."""
        axis, own = self.options.axis, {each.face: each.model for each in self.options.conditions}

        def condition(model: type[BoundaryCondition], face: Face, *velocity: tuple[float, ...], **more) -> BoundaryCondition:
            return own[face](face, *velocity) if face in own else model(face, *velocity, **more)

        walls = self.options.walls
        stuck = [wall.face for wall in walls]
        sides = [Face(k, end) for k in range(3) if k != axis for end in (0, 1)]
        return (
            condition(VelocityInlet, Face(axis, 0), self._inflow, profile=self.options.profile),
            *(
                condition(MovingWall, wall.face, tuple(map(self.units.velocity_to_lattice, wall.velocity)))
                for wall in walls
            ),
            *(condition(FreeSlip, face) for face in sides if face not in stuck),
            condition(PressureOutlet, Face(axis, 1), relaxation=_OUTLET_RELAXATION),
        )

    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns the flow, with the incoming velocity everywhere.

        `wall`: of the bodies, instead of the tunnel's own; `points`: of the obstacle [m], (n, 3), instead of the undeformed
        ones. Raises WindTunnelError if it does not fit in memory.
        """
        self.require_memory()
        bodies = dict(self.bodies)
        if points is not None:
            bodies[self.obstacle] = self.mesh.with_points(points)
        simulation = Simulation(
            self.domain, viscosity=self.units.lattice_viscosity, lattice=self.options.lattice,
            collision=self.options.collision, boundaries=self.boundaries, precision=self.options.precision,
            obstacles=[Obstacle(name, mesh, wall or self.options.wall) for name, mesh in bodies.items()],
        )
        simulation.set_state(1.0, self._inflow)
        return Flow(self, simulation)

    def force_coefficient(self, direction: tuple[float, float, float]) -> FlowCoefficient:
        """Coefficient F . d / (1/2 rho u^2 A) of the force on the obstacle along a unit vector d."""
        return FlowCoefficient(Force(self.obstacle, direction), self.reference_force)

    @property
    def default_objective(self) -> FlowCoefficient:
        """Drag coefficient C_d of the obstacle."""
        x, y, z = (float(k == self.options.axis) for k in range(3))
        return self.force_coefficient((x, y, z))

    def drag_coefficient(self, force: float) -> float:
        """Drag coefficient C_d = F / (1/2 rho u^2 A) of a lattice force."""
        return self.units.force_to_si(force) / self.reference_force

    @property
    def reference_force(self) -> float:
        """Reference force 1/2 rho u^2 A [N]."""
        return 0.5 * self.options.density * self.options.velocity**2 * self.frontal_area

    @property
    def _inflow(self) -> tuple[float, ...]:
        """Incoming velocity [cells / step]."""
        return tuple(self.options.lattice_velocity if k == self.options.axis else 0.0 for k in range(3))

    def _require_inside(self, name: str, mesh: TriangleMesh) -> None:
        low, high = mesh.bounds
        margin = 2.0 * self.voxel_size
        axis = self.options.axis
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
                    f"{name} {where} the {end}, but must end {margin:.4g} m (2 cells) before it: "
                    + (f"enlarge {side}" if self.options.corners is None else "move the corners apart")
                    + ("" if name == self.obstacle else ", or leave it out (ignore=)")
                )


def _span(low: np.ndarray, high: np.ndarray) -> str:
    return " to ".join("(" + ", ".join(f"{x:.4g}" for x in corner) + ")" for corner in (low, high))

"""Wind tunnel around the bodies of a scene: from SI units to a checked set-up."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..geometry import SolidFraction, TriangleMesh, repair
from ..geometry.coarse_faces import coarse_faces
from ..geometry.surface_doubts import surface_doubts
from ..grid import Domain
from ..grid.build import box
from ..layout import TileLayout
from ..models.boundary import BoundaryCondition, Profile
from ..models.wall import BounceBack
from ..observe import Force, Functional
from ..solver import Simulation
from ..units import Units, is_below
from .boundary_layer import boundary_layer_doubt
from .coefficients import FlowCoefficient
from .compression import compression_warning, require_compression, tunnel_compression
from .inflow_setup import InflowSetup
from .initial_flow import DISTURBED_ABOVE, InitialFlow
from .method import SLIP, WALLS, Inflow
from .options import FlowOptions
from .setup import Flow
from .sides import SideCondition, SideWall
from .tunnel_body import TunnelBody
from .tunnel_box import box_around, extent_across, require_clear
from .tunnel_conditions import pressure_doubts, tunnel_conditions
from .tunnel_space import TunnelSpace
from .tunnel_values import force_coefficients, recorded_values
from .wake import wake_doubt

if TYPE_CHECKING:
    from ..scene.usd import Scene

CELLS_ACROSS = 16
"""Cells across the obstacle if no voxel size is given."""


@dataclass(frozen=True, kw_only=True)
class WindTunnel(FlowOptions):
    """Box with flow along one axis past a body: inlet, pressure outlet, and free-slip sides or walls.

    Lengths of the box are multiples of L, the largest extent across the flow of the body, or of its part in the box of
    `corners`. Re = u L / nu. The default voxel size is L / 16.
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
    reference_length: float | None = None
    """Length to which the Reynolds and Strouhal numbers refer [m]; None: L of the part of the body that stands in the box."""
    reference_area: float | None = None
    """Area to which force coefficients refer [m^2]; None: silhouette along the flow of that part."""
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
        body = self.body(obstacle, bodies[obstacle], None if self.corners is None else np.array(self.corners))
        options = replace(self, voxel_size=self.voxel_size or body.length / CELLS_ACROSS)
        setup = WindTunnelSetup(options, dict(bodies), obstacle=obstacle, device=device)
        if self.viscosity is not None:
            reynolds = self.velocity * setup.body.reference_length / self.viscosity
            setup = replace(setup, options=replace(options, reynolds=reynolds))
        setup = setup.with_method()
        setup.check()
        return setup

    def in_scene(
        self, scene: Scene, obstacle: str | None = None, *, ignore: Collection[str] = (),
        device: wp.DeviceLike | None = None,
    ) -> WindTunnelSetup:
        """The tunnel around a prim of a scene, by default around its only body; `ignore`: prims that are left out.

        `obstacle`: several prims separated by commas, or a prim above them (`/` for all), are one body. Degenerate faces are
        removed and inverted ones reversed; points keep their number and order. Raises WindTunnelError if there are several bodies
        and none is named, SceneError for prims that do not exist.
        """
        scene = scene.without(*ignore)
        notes = tuple(map(str, scene.report.doubtful))
        if obstacle is None:
            if len(scene.bodies) != 1:
                names = ", ".join(body.path for body in scene.bodies) or "none"
                raise WindTunnelError(
                    f"{len(scene.bodies)} bodies and no obstacle specified: choose one of {names}; several of them separated by "
                    "commas, or a prim above them (/ for all), are one body"
                )
            obstacle = scene.bodies[0].path
        scene = scene.joined(obstacle)
        meshes = {body.path: repair(body.mesh, body.path)[0] for body in scene.bodies}
        return replace(self.around(meshes, scene.bodies[0].path, device=device), notes=notes)

    def body(self, name: str, mesh: TriangleMesh, box: np.ndarray | None) -> TunnelBody:
        """The body in the tunnel; `box`: corners [m] of a box that may cut it, (2, 3), None: it contains all of it."""
        return TunnelBody(
            name=name, mesh=mesh, axis=self.axis, box=box, given_length=self.reference_length, given_area=self.reference_area
        )

    def check(self) -> None:
        """Raises WindTunnelError for options that do not fit together, independently of the bodies."""
        self.require_positive(WindTunnelError)
        for name in ("upstream", "downstream", "side"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise WindTunnelError(f"{name} is {value} L: it must be above 0, since the body may not touch the ends")
        if self.corners is not None and not np.all(np.array(self.corners[0]) < np.array(self.corners[1])):
            raise WindTunnelError(
                f"the box from {self.corners[0]} to {self.corners[1]} m is empty: pass the lower corner first"
            )
        for wall in self.walls:
            if wall.face.axis == self.axis:
                raise WindTunnelError(
                    f"the wall on {wall.face} is where the flow enters or leaves: only the other four sides can be walls"
                )


@dataclass(frozen=True, eq=False)
class WindTunnelSetup(InflowSetup):
    """Set-up of a wind tunnel around given bodies, made by `WindTunnel.around`."""

    options: WindTunnel
    """Options, with voxel size, collision model and velocity set determined."""
    bodies: dict[str, TriangleMesh]
    """Surfaces of all bodies by name; the tunnel is built around `obstacle`."""

    @property
    def mesh(self) -> TriangleMesh:
        """Surface of the obstacle."""
        return self.bodies[self.obstacle]

    @cached_property
    def body(self) -> TunnelBody:
        """The obstacle, with the reference quantities of its part in the box; a box around it contains all of it."""
        return self.options.body(self.obstacle, self.mesh, None if self.options.corners is None else self.bounds)

    @property
    def length(self) -> float:
        """Length L: largest extent of the obstacle across the flow [m]."""
        return self.body.length

    @property
    def cells_across(self) -> float:
        """Length L in cells."""
        return self.length / self.voxel_size

    @property
    def frontal_area(self) -> float:
        """Frontal area: area of the obstacle's silhouette along the flow [m^2]."""
        return self.body.frontal_area

    @property
    def blockage(self) -> float:
        """Frontal area relative to the cross-section of the tunnel."""
        return self.body.blockage(self.bounds)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the tunnel [m], (2, 3); a flat ground is one of its sides."""
        return self.space.bounds

    @cached_property
    def space(self) -> TunnelSpace:
        """Box of the tunnel among its bodies."""
        o = self.options
        return TunnelSpace(
            bodies=self.bodies, obstacle=self.obstacle, wanted=self._wanted_box, axis=o.axis,
            voxel_size=o.voxel_size,  # type: ignore[arg-type]
            centred=(np.arange(3) != o.axis) & (o.corners is None), device=self.device,
        )

    @property
    def _wanted_box(self) -> np.ndarray:
        """The box as specified, without whole tiles and without regard to the ground [m], (2, 3)."""
        o = self.options
        if o.corners is not None:
            return np.array(o.corners)
        length = extent_across(self.mesh, o.axis)
        return box_around(
            self.mesh, o.axis, upstream=o.upstream * length, downstream=o.downstream * length, side=o.side * length
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
    def inflow(self) -> Inflow:
        """Surroundings of the inlet: slip sides, or walls, and whether the obstacle's wall is interpolated on links."""
        return (WALLS if self.options.walls or self.space.surroundings.ground else SLIP).past(self.options.wall)

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        o = self.options
        return Units.from_reynolds(
            o.reynolds, self.body.reference_length, voxel_size=o.voxel_size, velocity=o.velocity,  # type: ignore[arg-type]
            density=o.density, lattice_velocity=o.lattice_velocity,
        )

    @property
    def reference_pressure(self) -> float:
        """Pressure at the outlet: 0 Pa."""
        return 0.0

    @property
    def expected_compression(self) -> float:
        """Estimated rho - 1 at the inlet [lattice density]: see `tunnel_compression`."""
        return tunnel_compression(self.units, self.space, self.body, self.options.walls)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy or, with conditions for which no limit was measured, may be unstable."""
        reynolds = self.units.reynolds(self.length)
        return (
            *self.space.notes, *self.units.check(cells_across=self.cells_across), *filter(None, [self.instability]),
            *boundary_layer_doubt(self.cells_across, reynolds, self.voxel_size),
            *compression_warning(self.expected_compression, self.options.lattice_velocity), *pressure_doubts(self.boundaries),
            *wake_doubt(reynolds), *coarse_faces(self.mesh, self.voxel_size, self.obstacle), *self.body.doubts(self.bounds),
        )

    @property
    def surface_doubts(self) -> tuple[str, ...]:
        """Doubts about the surfaces of all bodies; thin ones lose drag where the wall is a solid fraction."""
        cell = None if isinstance(self.options.wall, BounceBack) else self.voxel_size
        each = [surface_doubts(mesh, name, cell, device=self.device) for name, mesh in self.bodies.items()]
        return tuple(chain.from_iterable(each))

    @property
    def dimensions(self) -> dict[str, str]:
        """Sizes [m], reference quantities and blockage, as rows of a table."""
        return self.body.dimensions(self.bounds, self.voxel_size)

    @property
    def headline(self) -> str:
        """One-line summary of the run."""
        size = " x ".join(map(str, self.shape))
        return (
            f"{self.obstacle}: {self.cells_across:.1f} cells across, tunnel of {size} cells, Reynolds number "
            f"{self.options.reynolds:g}, Mach number {self.units.mach:.3f}, {self.method}"
        )

    @property
    def flow_through_steps(self) -> int:
        """Number of steps in which the incoming flow crosses the tunnel."""
        return math.ceil(self.shape[self.options.axis] / self.options.lattice_velocity)

    def require_valid(self) -> None:
        """Raises UnitsError for units and cells outside the limits, WindTunnelError for bodies at the ends or outside, and for
        an obstacle without a silhouette."""
        self.units.check(cells_across=self.cells_across)
        if not self.options.conditions:
            self.require_stable()
            require_compression(self.expected_compression, self.options.lattice_velocity, WindTunnelError)
        self.body.require_silhouette()
        self.require_place(self.mesh.points)
        self.space.require_open()

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
        require_clear(
            self.obstacle, self.mesh.with_points(points), self.bounds, self.options.axis, self.voxel_size,
            fixed=self.options.corners is not None,
        )

    def require_rebuild(self) -> None:
        """Accepts all wall models."""

    def memory_error(self, shortage: str) -> WindTunnelError:
        """Error that adds the size of the obstacle, since a wrong unit of its file is the usual cause."""
        low, high = self.mesh.bounds
        size = f"{self.obstacle} is {' x '.join(f'{x:.4g}' for x in high - low)} m"
        return WindTunnelError(f"{shortage}; {size}: if this size is wrong, set the unit of its file (metres_per_unit)")

    def refined(self, factor: float) -> WindTunnelSetup:
        """Returns the same tunnel with voxels finer by a factor; whole tiles may change its length slightly."""
        return self.with_options(voxel_size=self.voxel_size / factor)

    def with_options(self, **changes) -> WindTunnelSetup:
        """Returns the checked set-up of the same bodies with other options."""
        setup = replace(self.options, **changes).around(self.bodies, self.obstacle, device=self.device)
        return replace(setup, notes=self.notes, reason=self.reason)

    def in_double_precision(self) -> WindTunnelSetup:
        """Returns the same set-up in double precision."""
        return replace(self, options=replace(self.options, precision=wp.float64))

    @property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """Boundary conditions of the sides."""
        o = self.options
        walls, inflow = self.space.walls(o.walls, o.conditions), tuple(o.lattice_velocity * (k == o.axis) for k in range(3))
        return tunnel_conditions(inflow, o.profile, walls, o.conditions, self.units, closed=self.space.closed_sides)

    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns the flow, with the incoming velocity away from the obstacle: see `InitialFlow`.

        `wall`: of the bodies, instead of the tunnel's own; `points`: of the obstacle [m], (n, 3), instead of the undeformed
        ones. Raises WindTunnelError if it does not fit in memory.
        """
        self.require_memory()
        moved = {} if points is None else {self.obstacle: self.mesh.with_points(points)}
        simulation = Simulation(
            self.domain, viscosity=self.units.lattice_viscosity, lattice=self.method.lattice,
            collision=self.method.collision, boundaries=self.boundaries, precision=self.options.precision,
            obstacles=self.space.obstacles(wall or self.options.wall, moved),
        )
        body = moved.get(self.obstacle, self.mesh).bounds
        disturbed = is_below(DISTURBED_ABOVE, self.units.reynolds(self.length))
        initial = InitialFlow(np.array(body), self.bounds, self.options.axis, self.options.lattice_velocity, disturbed)
        simulation.set_state(1.0, initial.velocity(self.domain))
        return Flow(self, simulation)

    def force_coefficient(self, direction: tuple[float, float, float]) -> FlowCoefficient:
        """Coefficient F . d / (1/2 rho u^2 A) of the force on the obstacle along a unit vector d."""
        return FlowCoefficient(Force(self.obstacle, direction), self.reference_force)

    @property
    def default_objective(self) -> FlowCoefficient:
        """Drag coefficient C_d of the obstacle."""
        return self.monitored["drag coefficient"]

    @property
    def monitored(self) -> dict[str, FlowCoefficient]:
        """Coefficients of all components of the force on the obstacle."""
        return force_coefficients(self.body, self.reference_force)

    @property
    def recorded(self) -> dict[str, Functional]:
        """Force and moment on the obstacle, and the coefficients of the force."""
        return recorded_values(self.body, self.reference_force, self.bounds[0], self.voxel_size)

    @property
    def reference_force(self) -> float:
        """Reference force 1/2 rho u^2 A [N]."""
        return 0.5 * self.options.density * self.options.velocity**2 * self.body.reference_area

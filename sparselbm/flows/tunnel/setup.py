"""Checked set-up of a wind tunnel around given bodies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np
import warp as wp

from ...errors import WindTunnelError
from ...geometry import TriangleMesh
from ...geometry.coarse_faces import coarse_faces
from ...geometry.surface_doubts import surface_doubts
from ...grid import Domain
from ...grid.build import box
from ...layout import TileLayout
from ...models import RigidVelocity
from ...models.boundary import BoundaryCondition, Face
from ...models.wall import BounceBack
from ...observe import Force, Functional
from ...solver import Simulation
from ...units import Units, is_below
from ..compression import compression_warning, require_compression
from ..flow import Flow
from ..inflow_setup import InflowSetup
from ..motion.body_motion import FreeBody
from ..motion.moving_bodies import MovingBodies
from ..physics.flow_drive import FlowDrive, require_slow
from ..physics.method import SLIP, WALLS, Inflow
from .body import TunnelBody
from .boundary_layer import boundary_layer_doubt
from .box import box_around, growth_around, require_clear
from .coefficients import FlowCoefficient
from .compression import tunnel_compression
from .conditions import TunnelConditions, pressure_doubts
from .initial_flow import DISTURBED_ABOVE, initial_stream
from .motion_checks import MotionChecks
from .options import TunnelOptions
from .parts import TunnelParts
from .side import SideWall
from .space import TunnelSpace
from .values import force_coefficients, recorded_values
from .wake import wake_doubt


@dataclass(frozen=True, eq=False)
class WindTunnelSetup(InflowSetup):
    """Set-up of a wind tunnel around given bodies, made by `WindTunnel.around`."""

    options: TunnelOptions
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
            bodies=self.bodies, obstacle=self.obstacle, wanted=self._wanted_box, axis=o.stream.axis,
            openings=o.all_sides.openings, floor=self._floor,
            voxel_size=o.voxel_size,  # type: ignore[arg-type]
            growth=growth_around(o.stream) if o.corners is None else np.zeros(3), device=self.device,
        )

    @cached_property
    def parts(self) -> TunnelParts:
        """Openings on parts of the sides."""
        return TunnelParts(parts=self.options.openings, sides=self.options.all_sides, space=self.space)

    @property
    def _wanted_box(self) -> np.ndarray:
        """The box as specified, without whole tiles and without regard to the ground [m], (2, 3)."""
        o = self.options
        if o.corners is not None:
            return np.array(o.corners)
        length = o.body(self.obstacle, self.mesh, None).length
        return box_around(
            self.mesh, o.stream, upstream=o.upstream * length, downstream=o.downstream * length, side=o.side * length
        )

    @property
    def _floor(self) -> tuple[Face, float] | None:
        """Side of a road, and its coordinate below the obstacle [m]; None: without a road, or between given corners."""
        o = self.options
        up = o.stream.up
        return (Face(up, 0), float(self.mesh.bounds[0, up])) if o.road and o.corners is None else None

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
        return box(
            self.shape, voxel_size=self.voxel_size, origin=tuple(self.bounds[0]), periodic=self.options.all_sides.periodic,
            device=self.device,
        )

    @property
    def inflow(self) -> Inflow:
        """Surroundings of the inlet: slip sides, or walls, and whether the obstacle's wall is interpolated on links."""
        sides = WALLS if self._walls else SLIP
        return (sides.turned if self.options.stream.is_oblique else sides).past(self.options.wall)

    @property
    def _walls(self) -> tuple[SideWall, ...]:
        """The walls on the sides, and that on a ground."""
        ground = self._conditions.ground
        return (*self.options.all_sides.walls, *(() if ground is None else (ground,)))

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        o = self.options
        return Units.from_reynolds(
            o.reynolds, self.body.reference_length, voxel_size=o.voxel_size, velocity=o.velocity or 1.0,  # type: ignore[arg-type]
            density=o.density, lattice_velocity=self.lattice_velocity,
        )

    @property
    def reference_pressure(self) -> float:
        """Pressure at the first outlet [Pa]; 0 without one."""
        outlets = self._conditions.outlets
        return outlets[0].pressure if outlets else 0.0

    @property
    def expected_compression(self) -> float:
        """Estimated rho - 1 at the inlet [lattice density]: see `tunnel_compression`; 0 if the fluid is at rest at first, and
        in a stream between periodic sides, where it has no inlet."""
        if not self.options.all_sides.has_free_stream:
            return 0.0
        return tunnel_compression(self.units, self.bounds, self.body, self._walls)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy or, with conditions for which no limit was measured, may be unstable."""
        reynolds = self.units.reynolds(self.length)
        return (
            *self.space.notes, *self.parts.notes, *self.units.check(cells_across=self.cells_across),
            *filter(None, [self.instability]), *self._conditions.surface_layer.doubts,
            *boundary_layer_doubt(self.cells_across, reynolds, self.voxel_size),
            *compression_warning(self.expected_compression, self.lattice_velocity), *pressure_doubts(self.boundaries),
            *wake_doubt(reynolds, self.length), *self._stream_doubts, *coarse_faces(self.mesh, self.voxel_size, self.obstacle),
            *(self.body.doubts(self.bounds) if self.options.all_sides.has_free_stream else ()),
        )

    @property
    def _stream_doubts(self) -> tuple[str, ...]:
        """Doubts about walls in an oblique stream and about bodies that turn."""
        sides, speed = self.options.all_sides, self.units.velocity
        crossed = (
            f"the free stream {sides.stream} would run through the wall on {each.face}, which deflects it: leave the wall "
            "out, or turn the stream" for each in sides.walls_in_stream
        )
        turning = (each.doubts(name, self.bodies[name], speed) for name, each in self.options.rotating.items())
        return (*crossed, *chain.from_iterable(turning))

    @cached_property
    def motions(self) -> MotionChecks:
        """Checks of the bodies that move."""
        return MotionChecks(options=self.options, space=self.space, units=self.units, device=self.device)

    @property
    def has_free_bodies(self) -> bool:
        """Whether a body is moved by its weight."""
        return any(isinstance(each, FreeBody) for each in self.options.moving.values())

    @property
    def surface_doubts(self) -> tuple[str, ...]:
        """Doubts about the surfaces of all bodies; thin ones lose drag where the wall is a solid fraction."""
        cell = None if isinstance(self.options.wall, BounceBack) else self.voxel_size
        each = [surface_doubts(mesh, name, cell, device=self.device) for name, mesh in self.bodies.items()]
        return tuple(chain.from_iterable(each))

    @property
    def dimensions(self) -> dict[str, str]:
        """Sizes [m], reference quantities and blockage, as rows of a table."""
        return self.body.dimensions(self.bounds, self.voxel_size) | self.motions.facts()

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
        stream = self.options.stream
        return math.ceil(self.shape[stream.axis] / (self.lattice_velocity * abs(stream.unit[stream.axis])))

    def require_valid(self) -> None:
        """Raises UnitsError for units and cells outside the limits, WindTunnelError for bodies at the ends or outside, and for
        an obstacle without a silhouette."""
        self.units.check(cells_across=self.cells_across)
        if not self.options.conditions:
            self.require_stable()
            require_compression(self.expected_compression, self.lattice_velocity, WindTunnelError)
        self.body.require_silhouette()
        self._conditions.check()
        require_slow(self.options.forces, self.units, self.bounds)
        self.require_place(self.mesh.points)
        self.space.require_open()
        self.motions.require()

    def require_movable(self) -> TriangleMesh:
        """Returns the surface of the obstacle. Raises WindTunnelError if its wall is on links, or a body moves by itself."""
        if self.options.moving:
            raise WindTunnelError(
                f"{', '.join(self.options.moving)} move, but a design is evaluated in a steady flow: hold them (motion none)"
            )
        if isinstance(self.options.wall, BounceBack):
            raise WindTunnelError(
                f"the wall model {self.options.wall} is on links: such walls do not move, and their gradient does not follow the "
                "trend of the drag. Use wall=SolidFraction() (partiallySaturated in a case); it is cross-checked at the end"
            )
        return self.mesh

    def require_place(self, points: np.ndarray) -> None:
        """Raises WindTunnelError if the obstacle at these points crosses the inlet or the outlet, or is outside."""
        require_clear(
            self.obstacle, self.mesh.with_points(points), self.bounds, self.space.openings, self.options.stream, self.voxel_size,
            fixed=self.options.corners is not None,
        )

    def require_rebuild(self) -> None:
        """Raises UnitsError for scalars in cells inside of bodies."""
        self.models.require_on_links("the cross-check has walls on links", "pass verify=None (crossCheck = false in a case)")

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
        assert isinstance(setup, WindTunnelSetup), "an option is not another kind of tunnel"
        return replace(setup, notes=self.notes, reason=self.reason)

    def in_double_precision(self) -> WindTunnelSetup:
        """Returns the same set-up in double precision."""
        return replace(self, options=replace(self.options, precision=wp.float64))

    @property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """Boundary conditions of the sides."""
        return self._conditions.all(self.space.closed_sides)

    @property
    def _conditions(self) -> TunnelConditions:
        o = self.options
        specified = {each.face for each in (*o.all_sides.specified, *o.conditions)}
        return TunnelConditions(
            sides=o.all_sides, parts=self.parts.placed, ground=self.space.ground_wall(specified), own=o.conditions,
            profile=o.profile, units=self.units, origin=tuple(self.bounds[0].tolist()), shape=self.shape,
        )

    @property
    def body_names(self) -> tuple[str, ...]:
        """Names of the bodies; a flat ground is one of the sides."""
        return tuple(self.space.standing)

    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns the flow, with the incoming velocity away from the obstacle: see `InitialFlow`.

        `wall`: of the bodies, instead of the tunnel's own; `points`: of the obstacle [m], (n, 3), instead of the undeformed
        ones. Raises WindTunnelError if it does not fit in memory.
        """
        self.require_memory()
        o = self.options
        moved = {} if points is None else {self.obstacle: self.mesh.with_points(points)}
        simulation = self.simulation(self.space.obstacles(wall or self.options.wall, moved, self._motions))
        self._begin(simulation, moved)
        if o.forces.controlled:
            simulation.feedback = FlowDrive(simulation, self.units, self.reference_pressure, o.forces)
        return self._flow(simulation)

    def _begin(self, simulation: Simulation, moved: Mapping[str, TriangleMesh]) -> None:
        """Sets the initial state; `moved`: the obstacle where it is moved."""
        o = self.options
        body = moved.get(self.obstacle, self.mesh).bounds
        if o.all_sides.is_still:
            return
        disturbed = is_below(DISTURBED_ABOVE, self.units.reynolds(self.length))
        initial = initial_stream(
            self.domain, np.array(body), self.bounds, o.stream, self.lattice_velocity, is_disturbed=disturbed
        )
        factors = o.profile and o.profile.factors(self.domain.cell_centres(), o.stream.up, self.bounds[0, o.stream.up])
        simulation.set_state(1.0, initial if factors is None else initial * factors[..., None])

    def _flow(self, simulation: Simulation) -> Flow:
        """The flow of a simulation in its initial state, with its moving bodies."""
        o = self.options
        if not o.moving:
            return Flow(self, simulation)
        motions = {name: each.motion(self.units, o.density, o.forces) for name, each in o.moving.items()}
        return Flow(self, simulation, bodies=MovingBodies(simulation, motions, self.units, self.motions.every))

    @property
    def _motions(self) -> dict[str, RigidVelocity]:
        """Velocities at the beginning of the bodies that turn in place or move."""
        o, units, origin = self.options, self.units, self.bounds[0]
        turning = {name: each.motion(self.bodies[name], units, origin) for name, each in o.rotating.items()}
        return turning | {name: each.start(self.bodies[name], units, origin) for name, each in o.moving.items()}

    def points_of(self, flow: Flow) -> np.ndarray:
        """Present points of the obstacle in a flow of this set-up [m], (n, 3)."""
        bodies = flow.bodies
        return self.mesh.points if bodies is None or self.obstacle not in bodies.names else bodies.points(self.obstacle)

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
        return 0.5 * self.options.density * self.units.velocity**2 * self.body.reference_area

"""Flow inside a surface, entering and leaving through caps: from SI units to a checked set-up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ...errors import InternalFlowError
from ...geometry import SurfaceQuery, TriangleMesh
from ...geometry.cap import Cap
from ...geometry.closing import closed
from ...geometry.coarse_faces import coarse_faces
from ...geometry.surface_doubts import surface_doubts
from ...grid import Domain
from ...grid.build import inside
from ...lattice import CS2
from ...models.boundary import BoundaryCondition
from ...models.wall import BounceBack, ParabolicInterpolation
from ...observe import OpeningFlows
from ...solver import Obstacle
from ...units import SOUND_SPEED, Units
from ..compression import compression_warning, require_compression, require_pressures, require_slow_flow
from ..flow import Flow
from ..inflow_setup import InflowSetup
from ..physics.method import DEVELOPED, RIM, Inflow
from ..physics.options import FlowOptions
from .initial_flow import potential_flow
from .opening_groups import VesselOpenings, is_developed
from .openings import Inlet, coarse_openings, internal_dimensions, require_links
from .outlet_coupling import SCALE
from .outlets import OutletCondition
from .sound import Tube, sound_doubts

if TYPE_CHECKING:
    from ...scene.usd import Scene

CELLS_ACROSS = 12
"""Cells across the narrowest opening if no voxel size is given."""
_CROSSINGS_BY_SOUND = 8.0
"""Crossings by sound in which the one that a flow emits at its beginning fades, at least."""
LATTICE_VELOCITY = 0.04
"""Largest velocity of all openings on 12 cells across the narrowest one, if none is given [cells / step]."""
WALL = "wall"
"""Name of the obstacle in the simulation of an internal flow."""


@dataclass(frozen=True, kw_only=True)
class InternalFlow(FlowOptions):
    """Flow inside a surface. Re = u D_h / nu at the inlet where it is largest, with u the mean velocity and D_h = 4 A / P.

    The default voxel size is a twelfth of the hydraulic diameter of the narrowest opening. `lattice_velocity` u is the largest
    velocity of all openings. The fluid is slightly compressible, which raises the pressure drop of a developed flow by about
    u^2 relative to itself, for the momentum flux grows as the density falls along the flow: 0.6 % at 0.08. By default u is 0.04
    sqrt(12 / N) with N cells across the narrowest opening, and at most 0.04, so that this error falls with the cells.

    Inlets use `VelocityInlet`, outlets `LinkPressure`; see `Inlet`, `OutletCondition`.
    """

    wall: BounceBack = field(default_factory=ParabolicInterpolation)
    """Bounce-back rule of the surface."""

    def check(self) -> None:
        """Raises InternalFlowError for a voxel size or a viscosity that is not finite and above 0, and for a mean velocity
        between periodic sides, which a fluid volume does not have."""
        self.require_positive(InternalFlowError)
        if self.forces.controlled:
            raise InternalFlowError(
                f"mean_velocity is {self.forces.mean_velocity} m/s and flow_rate {self.forces.flow_rate} m^3/s, but a fluid "
                "volume has no periodic sides: remove them, and give an inlet its velocity or flow rate"
            )

    def within(
        self, surface: TriangleMesh, caps: Mapping[str, TriangleMesh], conditions: Mapping[str, Inlet | OutletCondition],
        *, device: wp.DeviceLike = None,
    ) -> InternalFlowSetup:
        """Returns the checked set-up inside a surface that is closed by itself or by its caps.

        `caps`, `conditions`: for each opening, by name. Raises InternalFlowError, GeometryError, UnitsError with value, limit
        and remedy.
        """
        self.check()
        for kind, words in ((Inlet, "an inlet with a velocity"), (OutletCondition, "an outlet with a pressure")):
            if not any(isinstance(each, kind) for each in conditions.values()):
                there = ", ".join(conditions) or "none"
                raise InternalFlowError(f"no opening is {words} (openings: {there}): an internal flow needs at least one")
        whole = closed(surface, caps, WALL)
        query = SurfaceQuery(whole, device="cpu")
        openings = {name: Cap.of(caps[name], query, name) for name in conditions}
        narrowest = min(cap.hydraulic_diameter for cap in openings.values())
        size = self.voxel_size or narrowest / CELLS_ACROSS
        slower = LATTICE_VELOCITY * min(1.0, math.sqrt(CELLS_ACROSS * size / narrowest))
        options = replace(self, voxel_size=size, lattice_velocity=self.lattice_velocity or slower)
        setup = InternalFlowSetup(options, whole, len(surface.points), openings, dict(conditions), device=device).with_method()
        setup.check()
        return setup

    def in_scene(
        self, scene: Scene, surface: str, conditions: Mapping[str, Inlet | OutletCondition], *, device: wp.DeviceLike = None
    ) -> InternalFlowSetup:
        """Returns the set-up inside a prim of a scene, with caps that are prims too and `conditions` by their paths.

        Raises InternalFlowError, UnitsError, and SceneError for prims that do not exist.
        """
        caps = {path: scene.body(path).mesh for path in conditions}
        body = scene.body(surface)
        notes = tuple(map(str, scene.report.doubtful))
        return replace(self.within(body.mesh, caps, conditions, device=device), name=body.path, notes=notes)


@dataclass(frozen=True, eq=False)
class InternalFlowSetup(InflowSetup):
    """Set-up of an internal flow, made by `InternalFlow.within`."""

    options: InternalFlow
    """Options, with voxel size, collision model and velocity set determined."""
    surface: TriangleMesh
    """Closed surface, with normals out of the fluid; the points of the given surface come first."""
    own_points: int
    """Number of points of the given surface."""
    caps: dict[str, Cap]
    """Caps by the name of the opening."""
    conditions: dict[str, Inlet | OutletCondition]
    """Conditions by the name of the opening."""
    name: str = WALL
    """Path of the prim that encloses the flow."""
    obstacle: str = field(default=WALL, kw_only=True)
    """Name of the wall in the simulation."""
    body_names = (WALL,)  # type: ignore[assignment]
    has_free_bodies = False  # type: ignore[assignment]

    @cached_property
    def wall(self) -> TriangleMesh:
        """Given surface, with normals into the fluid."""
        own = (self.surface.faces < self.own_points).all(axis=1)
        return TriangleMesh(self.surface.points[: self.own_points], self.surface.faces[own][:, ::-1])

    @cached_property
    def openings(self) -> VesselOpenings:
        """Caps and conditions."""
        return VesselOpenings(self.caps, self.conditions, self.options.scalars)

    @property
    def patches(self) -> dict[str, str]:
        """Name of the patch of each opening."""
        return self.openings.patches

    @property
    def inlets(self) -> dict[str, Inlet]:
        """Inlets by name."""
        return self.openings.inlets

    @property
    def outlets(self) -> dict[str, OutletCondition]:
        """Outlets by name."""
        return self.openings.outlets

    @property
    def flow_rates(self) -> dict[str, float]:
        """Flow rate of each inlet [m^3 / s]; the largest in time."""
        return self.openings.flow_rates

    @property
    def flow_rate(self) -> float:
        """Total flow rate Q of all inlets [m^3 / s]."""
        return sum(self.flow_rates.values())

    @property
    def reynolds(self) -> float:
        """Reynolds number u D_h / nu of the inlet where it is largest."""
        if self.options.viscosity is None:
            return self.options.reynolds
        return self._flow_of_swiftest / self.options.viscosity

    @property
    def _flow_of_swiftest(self) -> float:
        """Largest u D_h of the inlets, 4 Q / P [m^2 / s]."""
        name = self.openings.swiftest
        return 4.0 * self.flow_rates[name] / self.caps[name].perimeter

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        v = self.options
        viscosity = v.viscosity or self._flow_of_swiftest / v.reynolds
        return Units(
            voxel_size=v.voxel_size, velocity=self.openings.largest_velocity, viscosity=viscosity,  # type: ignore[arg-type]
            density=v.density, lattice_velocity=self.lattice_velocity,
        )

    @property
    def cells_across(self) -> float:
        """Hydraulic diameter of the narrowest opening [cells]."""
        return round(min(cap.hydraulic_diameter for cap in self.caps.values()) / self.voxel_size, 9)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the surface's bounding box [m], (2, 3)."""
        return self.surface.bounds

    @cached_property
    def domain(self) -> Domain:
        """Cells inside the surface, found on first use."""
        return inside(self.surface, voxel_size=self.voxel_size, device=self.device)

    @property
    def headline(self) -> str:
        """One-line summary of the run."""
        return (
            f"inside {self.name}: {self.cells_across:.1f} cells across the narrowest of {len(self.caps)} openings, "
            f"{self.domain.fluid_cells:,} cells in {self.domain.tile_count:,} tiles, {self.share_of_box:.2%} of the "
            f"box, Reynolds number {self.reynolds:g}, Mach number {self.units.mach:.3f}, {self.method}"
        )

    @property
    def cells(self) -> int:
        """Number of cells of all tiles, which determines memory and time."""
        return self.domain.tile_count * self.domain.cells_per_tile

    @property
    def share_of_box(self) -> float:
        """Volume of the fluid relative to that of the surface's bounding box."""
        return self.surface.volume / float(np.prod(np.ptp(self.bounds, axis=0)))

    @property
    def tile_share(self) -> float:
        """Number of cells in tiles relative to that of the bounding box."""
        return self.cells / math.prod(self.domain.shape)

    @property
    def least_cells(self) -> float:
        """Volume of the fluid in cells."""
        return self.surface.volume / self.voxel_size**3

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return self.domain.tile_count

    @property
    def inflow(self) -> Inflow:
        """Surroundings of the inlets; walls that depend on the relaxation of the odd moments keep D3Q19."""
        found = DEVELOPED if is_developed(self.openings) else RIM
        return found if self.options.wall.holds_at_every_relaxation else replace(found, isotropic=math.inf)

    @property
    def default_objective(self) -> None:
        """None: flow rates and pressures at the openings are measured."""

    @property
    def monitored(self) -> dict:
        """Nothing but the flow rates and pressures at the openings."""
        return {}

    recorded = monitored

    @property
    def flow_through_steps(self) -> int:
        """Number of steps in which the flow develops: in which the inlets fill the fluid volume, V / Q, or friction spreads over
        the widest opening, (D_h / 2)^2 / nu, if that is less; at least eight crossings by sound.

        A slow flow in a long vessel is steady long before it has filled it.
        """
        widest = max(cap.hydraulic_diameter for cap in self.caps.values())
        times = self.surface.volume / self.flow_rate, 0.25 * widest**2 / self.units.viscosity
        return math.ceil(self.units.time_to_lattice(max(min(times), _CROSSINGS_BY_SOUND * self.crossing_by_sound)))

    @property
    def expected_compression(self) -> float:
        """Estimated rho - 1 at the inlets [lattice density].

        It adds the pressure difference between outlets and the drop 32 mu u L / D^2 of developed flow in a tube of the same
        volume and wall area, L = V / A, D = 4 V / S.
        """
        inflow = sum(self.caps[name].area for name in self.inlets)
        across = 4.0 * self.surface.volume / self.surface.area
        length = self.surface.volume / inflow
        viscous = 32.0 * self.units.density * self.units.viscosity * self.flow_rate / inflow * length / across**2
        return self.units.pressure_to_lattice(viscous + max(self.openings.pressure_differences.values())) / CS2

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy."""
        tube = Tube.of(self.surface, self.crossing_by_sound, self.units.viscosity)
        return (
            *self.units.check(), *coarse_openings(self.cells_across, self.voxel_size),
            *compression_warning(self.expected_compression, self.lattice_velocity),
            *coarse_faces(self.wall, self.voxel_size, self.name),
            *sound_doubts(self.openings.waveforms, tube, self.lattice_velocity), *self.openings.outflow_doubts,
        )

    @property
    def crossing_by_sound(self) -> float:
        """Time in which sound crosses the vessel along its longest side [s]."""
        return float(np.ptp(self.bounds, axis=0).max()) / self.voxel_size / SOUND_SPEED * self.units.time_step

    @property
    def surface_doubts(self) -> tuple[str, ...]:
        """Doubts about the closed surface."""
        return surface_doubts(self.surface, self.name, device=self.device)

    @property
    def dimensions(self) -> dict[str, str]:
        """Sizes [m] of the surface and of its openings, with their conditions, as rows of a table."""
        return internal_dimensions(self.bounds, self.caps, self.conditions, self.openings.swiftest)

    def require_valid(self) -> None:
        """Raises UnitsError for units and cells outside the limits, InternalFlowError for caps away from the surface."""
        self.units.check(cells_across=self.cells_across)
        self.openings.require_valid()
        self.require_stable()
        if pressures := self.openings.extreme_pressures:
            require_pressures(pressures, self.lattice_velocity, self._density_of)
        self.openings.require_slow_outlets(self.lattice_velocity)
        require_compression(self.expected_compression, self.lattice_velocity)
        require_slow_flow(self.openings.growth, self.lattice_velocity)
        self.openings.require_on_surface(SurfaceQuery(self.surface, device="cpu"), self.name, self.voxel_size)

    def require_movable(self) -> TriangleMesh:
        """Raises InternalFlowError: the wall is on links, which do not move."""
        raise InternalFlowError(
            f"the surface {self.name} is a wall on links, which does not move, so its shape cannot be a design variable: use "
            "ParameterVariables, such as a velocity or a density at the openings"
        )

    def require_place(self, points: np.ndarray) -> None:
        """Raises InternalFlowError: see `require_movable`."""
        self.require_movable()

    def require_rebuild(self) -> None:
        """Accepts all wall models."""

    def memory_error(self, shortage: str) -> InternalFlowError:
        """Error that names the surface."""
        return InternalFlowError(f"inside {self.name}, {shortage}")

    def refined(self, factor: float) -> InternalFlowSetup:
        """Returns the same flow with voxels finer by a factor."""
        finer = replace(self, options=replace(self.options, voxel_size=self.voxel_size / factor))
        finer.check()
        return finer

    def in_double_precision(self) -> InternalFlowSetup:
        """Returns the same set-up in double precision."""
        return replace(self, options=replace(self.options, precision=wp.float64))

    @property
    def reference_pressure(self) -> float:
        """Pressure that corresponds to density 1 [Pa]: the lowest of all outlets; at the beginning, if these vary."""
        return self.openings.reference_pressure

    @cached_property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """Boundary conditions at the openings."""
        here, u = self.openings, self.lattice_velocity / math.sqrt(3.0)
        inlets = (group.condition(u, self.units, self.domain.origin) for group in here.groups)
        return (*inlets, here.outlet_condition(self._outlet_scale))

    @property
    def _outlet_scale(self) -> float:
        """Scale of the density perturbations rho - 1 behind the outlets."""
        return SCALE if self.openings.are_coupled else max(self._excess(name) for name in self.outlets)

    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns the flow, which begins as potential flow. `wall`: bounce-back rule of the surface, instead of the set-up's own.

        Raises InternalFlowError if no links cross a cap, and for `points`: see `require_movable`.
        """
        if points is not None:
            self.require_movable()
        here, units, excess = self.openings, self.units, self._outlet_scale
        schedules = {name: each for group in here.groups for name, each in group.schedules(units).items()}
        wall = wall or self.options.wall
        simulation = self.simulation([Obstacle(WALL, self.surface, wall=wall, hollow=True)], schedules)
        openings = OpeningFlows(simulation, here.caps_by_patch())
        require_links(self.caps, openings.areas, self.voxel_size)
        for group in here.groups:
            group.begin(simulation, openings, units)
        if here.are_coupled:
            simulation.feedback = here.coupled(simulation, openings, units)
        elif excess:
            factors = np.zeros(self.domain.fluid.shape)
            for name in self.outlets:
                factors[tuple(openings.cells[name].T)] = self._excess(name) / excess
            simulation.set_field("outlets.density", factors)
        simulation.set_state(1.0, potential_flow(simulation, openings, here.initial_rates(units)))
        return Flow(self, simulation, openings, ends=here.ends)

    def _excess(self, name: str) -> float:
        """Density perturbation rho - 1 behind an outlet [lattice density]."""
        return self._density_of(self.openings.pressure_differences[name])

    def _density_of(self, pressure: float) -> float:
        """Density perturbation rho - 1 of a pressure [Pa]."""
        return self.units.pressure_to_lattice(pressure) / CS2

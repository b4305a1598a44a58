"""Flow inside a surface, entering and leaving through caps: from SI units to a simulation, with all checks first."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ..errors import InternalFlowError
from ..estimate.memory import MemoryPerCell, shortage
from ..geometry import SurfaceQuery, TriangleMesh
from ..geometry.cap import Cap
from ..geometry.closing import closed, joined
from ..geometry.coarse_faces import coarse_faces
from ..grid import Domain
from ..grid.build import inside
from ..lattice import CS2, D3Q19, Lattice
from ..models.boundary import LinkPressure, Patch, Tabulated, VelocityInlet
from ..models.collision import TRT, Collision
from ..models.wall import BounceBack, Bouzidi
from ..observe import OpeningFlows
from ..solver import Obstacle, Simulation
from ..units import CELLS_WARNING_BELOW, Units, is_below
from .openings import Inlet, Outlet
from .steady_run import SteadyRun

if TYPE_CHECKING:
    from ..scene.usd import Scene

CELLS_ACROSS = 12
"""Cells across the narrowest opening if no voxel size is given."""
COMPRESSION_WARNING_ABOVE = 0.05
"""Relative change of the density along the flow, which is about the relative error of pressure drops."""
WALL, INLETS, OUTLETS = "wall", "inlets", "outlets"
"""Names of the obstacle and of the two patches in the simulation of an internal flow."""




@dataclass(frozen=True, kw_only=True)
class InternalFlow:
    """Flow inside a surface. Re = u D_h / nu at the inlet where it is largest, with u the mean velocity and D_h = 4 A / P.

    Inlets use `VelocityInlet`, outlets `LinkPressure`. With inflow at a relaxation time of 0.513, `TRT` became unstable
    within 400 steps, and `RecursiveRegularised` was stable.
    """

    voxel_size: float | None = None
    """Edge of a cell [m]; None: a twelfth of the hydraulic diameter of the narrowest opening."""
    reynolds: float = 60.0
    viscosity: float | None = None
    """Kinematic viscosity nu [m^2 / s], instead of the Reynolds number."""
    density: float = 1.0
    """Density of the fluid [kg / m^3]."""
    lattice_velocity: float = 0.08
    """Largest velocity of all openings [cells / step]: the Mach number is u sqrt(3)."""
    lattice: Lattice = D3Q19
    collision: Collision = field(default_factory=TRT)
    wall: BounceBack = field(default_factory=Bouzidi)
    precision: type = wp.float32

    def within(
        self, surface: TriangleMesh, caps: Mapping[str, TriangleMesh], conditions: Mapping[str, Inlet | Outlet],
        *, device: wp.DeviceLike = None,
    ) -> "InternalFlowSetup":
        """Returns the checked set-up inside a surface that is closed by itself or by its caps.

        `caps`, `conditions`: for each opening, by name. Raises InternalFlowError, GeometryError, UnitsError with value, limit
        and remedy.
        """
        for name, value in (("voxel size", self.voxel_size), ("viscosity", self.viscosity)):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InternalFlowError(f"the {name} is {value}: it must be finite and above 0")
        for kind, words in ((Inlet, "an inlet with a velocity"), (Outlet, "an outlet with a pressure")):
            if not any(isinstance(each, kind) for each in conditions.values()):
                there = ", ".join(conditions) or "none"
                raise InternalFlowError(
                    f"no opening is {words} (openings: {there}): an internal flow needs at least one"
                )
        whole = closed(surface, caps, WALL)
        query = SurfaceQuery(whole, device="cpu")
        openings = {name: Cap.of(caps[name], query, name) for name in conditions}
        narrowest = min(cap.hydraulic_diameter for cap in openings.values())
        vessel = replace(self, voxel_size=self.voxel_size or narrowest / CELLS_ACROSS)
        plan = InternalFlowSetup(vessel, whole, len(surface.points), openings, dict(conditions), device)
        plan.units.check(cells_across=plan.cells_across)
        for name, cap in openings.items():
            plan.require_on_surface(name, cap, query)
        plan.require_memory()
        return plan

    def in_scene(
        self, scene: "Scene", surface: str, conditions: Mapping[str, Inlet | Outlet], *, device: wp.DeviceLike = None
    ) -> "InternalFlowSetup":
        """Returns the set-up inside a prim of a scene, with caps that are prims too and `conditions` by their paths.

        Raises InternalFlowError, UnitsError, and SceneError for prims that do not exist.
        """
        caps = {path: scene.body(path).mesh for path in conditions}
        return replace(self.within(scene.body(surface).mesh, caps, conditions, device=device), name=scene.body(surface).path)


@dataclass(frozen=True, eq=False)
class InternalFlowSetup:
    """Set-up of an internal flow: sizes, units, memory; `build` creates the simulation. Made by `InternalFlow.within`."""

    vessel: InternalFlow
    """Options, with the voxel size determined."""
    surface: TriangleMesh
    """Closed surface, with normals out of the fluid; the points of the given surface come first."""
    own_points: int
    """Number of points of the given surface."""
    caps: dict[str, Cap]
    """Caps by the name of the opening."""
    conditions: dict[str, Inlet | Outlet]
    device: wp.DeviceLike = None
    name: str = WALL
    """Path of the prim that encloses the flow."""

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        return self.vessel.voxel_size  # type: ignore[return-value]

    @cached_property
    def wall(self) -> TriangleMesh:
        """Given surface, with normals into the fluid."""
        own = (self.surface.faces < self.own_points).all(axis=1)
        return TriangleMesh(self.surface.points[: self.own_points], self.surface.faces[own][:, ::-1])

    @cached_property
    def inlets(self) -> dict[str, Inlet]:
        """Inlets by name."""
        return {name: each for name, each in self.conditions.items() if isinstance(each, Inlet)}

    @cached_property
    def outlets(self) -> dict[str, Outlet]:
        """Outlets by name."""
        return {name: each for name, each in self.conditions.items() if isinstance(each, Outlet)}

    @cached_property
    def flow_rates(self) -> dict[str, float]:
        """Flow rate of each inlet [m^3 / s]."""
        return {
            name: inlet.velocity * self.caps[name].area if inlet.flow_rate is None else inlet.flow_rate  # type: ignore[operator]
            for name, inlet in self.inlets.items()
        }

    @property
    def flow_rate(self) -> float:
        """Total flow rate Q of all inlets [m^3 / s]."""
        return sum(self.flow_rates.values())

    @cached_property
    def _swiftest(self) -> str:
        """Name of the inlet with the largest u D_h."""
        return max(self.inlets, key=lambda name: self.flow_rates[name] / self.caps[name].perimeter)

    @property
    def reynolds(self) -> float:
        """Reynolds number u D_h / nu of the inlet where it is largest."""
        if self.vessel.viscosity is None:
            return self.vessel.reynolds
        return 4.0 * self.flow_rates[self._swiftest] / self.caps[self._swiftest].perimeter / self.vessel.viscosity

    @cached_property
    def largest_velocity(self) -> float:
        """Largest velocity [m / s] of any inlet at its peak, or of the mean over all outlets."""
        peaks = [
            self.flow_rates[name] / self.caps[name].area * (self.caps[name].developed_peak if inlet.developed else 1.0)
            for name, inlet in self.inlets.items()
        ]
        return max(*peaks, self.flow_rate / sum(self.caps[name].area for name in self.outlets))

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        v, swiftest = self.vessel, self._swiftest
        viscosity = v.viscosity or 4.0 * self.flow_rates[swiftest] / self.caps[swiftest].perimeter / v.reynolds
        return Units(
            voxel_size=self.voxel_size, velocity=self.largest_velocity, viscosity=viscosity, density=v.density,
            lattice_velocity=v.lattice_velocity,
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
            f"box, Reynolds number {self.reynolds:g}, Mach number {self.units.mach:.3f}"
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

    @cached_property
    def _bytes(self) -> MemoryPerCell:
        return MemoryPerCell.of(self.vessel.lattice, self.vessel.collision, self.vessel.precision)

    @property
    def state_bytes(self) -> int:
        """Memory of one population array [bytes]."""
        return self.cells * self._bytes.state

    @property
    def memory(self) -> int:
        """Memory of a run [bytes]."""
        return self.cells * self._bytes.run

    @property
    def flow_through_steps(self) -> int:
        """Number of steps in which the inlets fill the vessel once: V / Q."""
        return math.ceil(self.units.time_to_lattice(self.surface.volume / self.flow_rate))

    @property
    def steady_run(self) -> SteadyRun:
        """Convergence criterion: checked eight times per filling of the vessel, for at most ten fillings."""
        return SteadyRun.of_crossing(self.flow_through_steps)

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
        pressures = [outlet.pressure for outlet in self.outlets.values()]
        return self.units.pressure_to_lattice(viscous + max(pressures) - min(pressures)) / CS2

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy."""
        return (
            *self.units.check(), *self._on_cells(), *self._on_compression(),
            *coarse_faces(self.wall, self.voxel_size, self.name),
        )

    def _on_cells(self) -> tuple[str, ...]:
        if not is_below(self.cells_across, CELLS_WARNING_BELOW):
            return ()
        finer = 0.99 * self.voxel_size * self.cells_across / CELLS_WARNING_BELOW  # With a margin for rounding.
        return (
            f"the narrowest opening is {self.cells_across:.5g} cells across, below {CELLS_WARNING_BELOW:g}: pressure "
            "drops, wall shear and flow rates of outlets are wrong by several per cent. Use a voxel_size of "
            f"{finer:.3g} m",
        )

    def _on_compression(self) -> tuple[str, ...]:
        compression = self.expected_compression
        if not is_below(COMPRESSION_WARNING_ABOVE, compression):
            return ()
        slower = 0.95 * self.vessel.lattice_velocity * math.sqrt(COMPRESSION_WARNING_ABOVE / compression)  # Printed rounded.
        return (
            f"the pressure along the vessel compresses the fluid by about {compression:.1%}, above the limit of "
            f"{COMPRESSION_WARNING_ABOVE:.0%}: use a lattice_velocity of {slower:.2g}",
        )

    def require_on_surface(self, name: str, cap: Cap, query: SurfaceQuery) -> None:
        """Raises InternalFlowError if a cap is more than half a cell away from the surface."""
        faces = np.linalg.norm(cap.mesh.area_vectors, axis=1)
        away = np.abs(query.signed_distance(np.mean(cap.mesh.corners, axis=0)))
        if faces[away > 0.5 * self.voxel_size].sum() > 0.5 * faces.sum():
            raise InternalFlowError(
                f"{name} is {np.average(away, weights=faces):.4g} m away from the surface of {self.name}, above the "
                f"limit of {0.5 * self.voxel_size:.4g} m (half a cell): move the cap to the end of the surface"
            )

    def require_memory(self) -> None:
        """Raises InternalFlowError if the run does not fit in memory; tiles are computed only if an estimate fits."""
        what, least = f"cells of {self.voxel_size:.4g} m inside {self.name}", self.surface.volume / self.voxel_size**3
        short = shortage(what, least * self._bytes.run, self.voxel_size, self.device)
        short = short or shortage(what, self.memory, self.voxel_size, self.device)
        if short:
            raise InternalFlowError(short)

    @property
    def reference_pressure(self) -> float:
        """Pressure that corresponds to density 1: the lowest of all outlets [Pa]."""
        return min(outlet.pressure for outlet in self.outlets.values())

    def patch(self, kind: str) -> Patch:
        """All inlets, or all outlets, as one opening, so that the kernels do not depend on their number."""
        return Patch(kind, joined([self.caps[name].mesh for name in (self.inlets if kind == INLETS else self.outlets)]))

    def build(self) -> tuple[Simulation, OpeningFlows]:
        """Returns the simulation, at rest, and its openings. Raises InternalFlowError if no links cross a cap."""
        vessel, u = self.vessel, self.vessel.lattice_velocity / math.sqrt(3.0)
        excess = max(self._excess(name) for name in self.outlets)
        simulation = Simulation(
            self.domain, viscosity=self.units.lattice_viscosity, lattice=vessel.lattice, collision=vessel.collision,
            boundaries=[
                VelocityInlet(self.patch(INLETS), (u, u, u), profile=_ones()),
                LinkPressure(self.patch(OUTLETS), 1.0 + excess, profile=_ones() if excess else None),
            ],
            obstacles=[Obstacle(WALL, self.surface, wall=vessel.wall, hollow=True)], precision=vessel.precision,
        )
        openings = OpeningFlows(simulation, {
            INLETS: {name: self.caps[name] for name in self.inlets}, OUTLETS: {name: self.caps[name] for name in self.outlets},
        })
        self._require_links(openings)
        self._set_velocities(simulation, openings)
        if excess:
            factors = np.zeros(self.domain.fluid.shape)
            for name in self.outlets:
                factors[tuple(openings.cells[name].T)] = self._excess(name) / excess
            simulation.set_field(f"{OUTLETS}.density", factors)
        return simulation, openings

    def _excess(self, name: str) -> float:
        """Density perturbation rho - 1 behind an outlet [lattice density]."""
        return self.units.pressure_to_lattice(self.outlets[name].pressure - self.reference_pressure) / CS2

    def _set_velocities(self, simulation: Simulation, openings: OpeningFlows) -> None:
        """Sets velocities along the normals of the inlets such that the links give exactly the flow rates."""
        factors = np.zeros((*self.domain.fluid.shape, 3))
        for name, inlet in self.inlets.items():
            cap, centres = self.caps[name], openings.centres[name]
            shape = cap.developed(centres) if inlet.developed else np.ones(len(centres))
            rate = self.units.velocity_to_lattice(self.flow_rates[name]) / self.voxel_size**2
            speed = shape * rate / (shape @ openings.areas[name])
            factors[tuple(openings.cells[name].T)] = speed[:, None] * cap.normal
        for k, axis in enumerate("xyz"):
            parameter = f"{INLETS}.velocity_{axis}"
            simulation.set_field(parameter, factors[..., k] / simulation.parameter(parameter))

    def _require_links(self, openings: OpeningFlows) -> None:
        for name, cap in self.caps.items():
            share = openings.areas[name].sum() * self.voxel_size**2 / cap.area
            if not 0.7 < share < 1.3:
                raise InternalFlowError(
                    f"the links through {name} cover {share:.0%} of its area, but 70 % to 130 % is required: let it "
                    "end on the vessel's rim, or use smaller voxels"
                )


def _ones() -> Tabulated:
    """Placeholder profile for values that are known once the links are."""
    return Tabulated(_one)


def _one(centres: np.ndarray) -> np.ndarray:
    return np.ones(len(centres))

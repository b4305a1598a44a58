"""A case: what flows around what, what is wanted of it, and where results go. One value, whoever said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import warp as wp

from ..errors import CaseError
from ..files.names import result_name_of
from ..flows import InternalFlow, InternalFlowSetup, SteadyRun, WindTunnel, WindTunnelSetup
from ..geometry import SolidFraction
from ..lattice import velocity_set as lattice
from ..models import collision
from ..models.wall import Bouzidi
from .caps import conditions_of, surface_of
from .openings import CaseOpenings, tunnel_sides
from .parts import (
    CaseBoundary,
    CaseConstraint,
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseObjective,
    CaseObstacle,
    CaseOpening,
    CaseOutput,
    CaseSolver,
    SceneFile,
)
from .source import Source

if TYPE_CHECKING:
    from ..scene.usd import Scene


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that a run or an optimisation needs beside the scene, in SI units. Options, USD and TOML build the same value.

    Raises CaseError for parts that contradict each other.
    """

    scene: SceneFile
    obstacle: Mapping[str, CaseObstacle] = field(default_factory=dict)
    """By the prim's path; bodies that are not named are fixed."""
    opening: Mapping[str, CaseOpening] = field(default_factory=dict)
    """By the prim's path: caps of the surface whose role is inside."""
    domain: CaseDomain = field(default_factory=CaseDomain)
    fluid: CaseFluid = field(default_factory=CaseFluid)
    boundary: Mapping[str, CaseBoundary] = field(default_factory=tunnel_sides)
    """By the side: xMin, xMax, yMin, yMax, zMin, zMax."""
    solver: CaseSolver = field(default_factory=CaseSolver)
    objective: CaseObjective = field(default_factory=CaseObjective)
    design: CaseDesign = field(default_factory=CaseDesign)
    constraint: Mapping[str, CaseConstraint] = field(default_factory=dict)
    """By a name of one's own."""
    output: CaseOutput = field(default_factory=CaseOutput)
    source: Source = field(default_factory=Source, compare=False)
    """Where it was said."""

    def __post_init__(self):
        _require_roles(self.obstacle, self.source)
        _require_corners(self.domain, self.source)
        _require_within(self.output, self.source)
        if self.solver.collision == "Cumulant" and self.solver.lattice != "D3Q27":
            raise CaseError(
                f"{self.source.place('solver', 'collision')} is Cumulant, and {self.source.place('solver', 'lattice')} is "
                f"{self.solver.lattice}: it must be D3Q27"
            )
        CaseOpenings.of(self.boundary, self.source)
        surface_of(self)
        conditions_of(self.opening, self.source)

    @classmethod
    def open(cls, path: str | Path, *, variants: Mapping[str, str] | None = None, confine: bool = False) -> Case:
        """The case of a USD stage or a TOML file; of a scene that says nothing of a case, the fallbacks.

        `variants`: choices in place of the scene's own, such as {"/Car:wheels": "wide"}; `confine`: refuse a stage that
        refers to files outside of its folder. Raises CaseError, SceneError, naming prim, attribute and what is allowed.
        """
        from ..scene.usd import foreign
        from . import stage_file, toml_file

        path = Path(path)
        if path.suffix.lower() == ".toml":
            case = toml_file.read_case(path)
        elif path.suffix.lower() in foreign.SUFFIXES:
            case = cls(scene=SceneFile(file=str(path)))
        else:
            case = stage_file.read_case(path, variants or {}, confine=confine)
        chosen = {**(case.scene.variants or {}), **(variants or {})}
        return replace(case, scene=replace(case.scene, variants=chosen))

    def on_cells(self, voxel_size: float) -> Case:
        """The same case on cells of another size [m]."""
        return replace(self, domain=replace(self.domain, voxel_size=voxel_size))

    @property
    def file(self) -> Path:
        """The scene's file."""
        return Path(self.scene.file or "")

    @property
    def name(self) -> str:
        """Of its results: from the case's own file."""
        return result_name_of(self.source.file or self.file)

    def read_scene(self, *, confine: bool = False, partial: bool = False) -> Scene:
        """The scene, as `Scene.open` reads it.

        Raises SceneError, also for obstacles that are not there; CaseError for a unit of a stage, which says its own.
        """
        from ..scene.usd import Scene, foreign

        unit = self.scene.metres_per_unit
        if unit is not None and self.file.suffix.lower() not in foreign.SUFFIXES:
            raise CaseError(
                f"{self.source.place('scene', 'metresPerUnit')} is {unit:g}, but {self.file.name} is a USD stage, which says its "
                "own unit: set metersPerUnit there, or in a layer over it"
            )
        scene = Scene.open(
            self.file, variants=self.scene.variants, time=self.scene.time, levels=self.scene.levels,
            metres_per_unit=unit, confine=confine, partial=partial,
        )  # fmt: skip
        for path in (*self.obstacle, *self.opening):
            scene.body(path)
        return scene

    @property
    def design_obstacle(self) -> str | None:
        """Path of the prim whose role is design; None: the scene's only body."""
        return next((path for path, each in self.obstacle.items() if each.role == "design"), None)

    @property
    def tunnel(self) -> WindTunnel:
        """The tunnel that domain, fluid, boundaries and solver describe."""
        openings = CaseOpenings.of(self.boundary, self.source)
        d, s = self.domain, self.solver
        corners = None if d.lower is None or d.upper is None else (d.lower, d.upper)
        wall = Bouzidi() if s.wall == "interpolated" else SolidFraction()
        return WindTunnel(
            voxel_size=d.voxel_size, upstream=d.upstream, downstream=d.downstream, side=d.side, corners=corners,
            reynolds=self.fluid.reynolds, viscosity=self.fluid.viscosity, density=self.fluid.density,
            velocity=openings.velocity, axis=openings.axis, profile=openings.profile, walls=openings.walls,
            lattice_velocity=s.lattice_velocity, lattice=getattr(lattice, s.lattice),
            collision=getattr(collision, s.collision)(), wall=wall,
            precision=wp.float32 if s.precision == "single" else wp.float64,
        )  # fmt: skip

    @property
    def vessel(self) -> InternalFlow:
        """The flow inside a surface that domain, fluid and solver describe."""
        s = self.solver
        return InternalFlow(
            voxel_size=self.domain.voxel_size, reynolds=self.fluid.reynolds, viscosity=self.fluid.viscosity,
            density=self.fluid.density, lattice_velocity=s.lattice_velocity, lattice=getattr(lattice, s.lattice),
            collision=getattr(collision, s.collision)(), precision=wp.float32 if s.precision == "single" else wp.float64,
        )  # fmt: skip

    @property
    def surface(self) -> str | None:
        """Path of the prim whose inside is the fluid; None where the flow is past a body."""
        return surface_of(self)

    def plan(self, scene: Scene, device: wp.DeviceLike | None = None) -> WindTunnelSetup | InternalFlowSetup:
        """What would be run; checks everything, memory too where a device is named.

        Raises TunnelError, VesselError, UnitsError.
        """
        if self.surface is None:
            return self.tunnel_plan(scene, device)
        return self.vessel.in_scene(scene, self.surface, conditions_of(self.opening, self.source), device=device)

    def tunnel_plan(self, scene: Scene, device: wp.DeviceLike | None = None) -> WindTunnelSetup:
        """The plan of flow past a body. Raises CaseError where the flow is inside a surface, of which there is no drag."""
        if self.surface is not None:
            raise CaseError(
                f"{self.source.place('obstacle', 'role', self.surface)} is inside: drag is that of a body in a flow; run takes "
                "this case, and for gradients and shapes of a flow inside there are sparselbm.flows.InternalFlow and "
                "sparselbm.value_and_grad in Python"
            )
        ignored = [path for path, each in self.obstacle.items() if each.role == "ignored"]
        return self.tunnel.in_scene(scene, self.design_obstacle, without=ignored, device=device)

    def steady_run(self, plan: WindTunnelSetup | InternalFlowSetup) -> SteadyRun:
        """How a flow is brought to rest."""
        steps = self.solver.settle_steps
        return replace(
            plan.steady_run, tolerance=self.solver.tolerance, limit=plan.steady_run.limit if steps is None else steps
        )


def _require_roles(obstacles: Mapping[str, CaseObstacle], source: Source) -> None:
    """Raises CaseError for several designs, and for a role below a prim that has another."""
    first: str | None = None
    for path, obstacle in obstacles.items():
        place = source.place("obstacle", "role", path)
        if obstacle.role == "design" and first is not None:
            raise CaseError(
                f"{place} is design, and so is {source.place('obstacle', 'role', first)}: one is allowed; group them"
            )
        first = path if obstacle.role == "design" else first
        for above, other in obstacles.items():
            if path.startswith(above.rstrip("/") + "/") and other.role != obstacle.role:
                raise CaseError(
                    f"{place} is {obstacle.role} below {above}, which is {other.role}: a prim and all below it have one role"
                )


def _require_within(output: CaseOutput, source: Source) -> None:
    """Raises CaseError for results outside of the case's folder: a case of someone else's may not choose where to write."""
    folder = Path(output.folder or "")
    if folder.is_absolute() or ".." in folder.parts:
        raise CaseError(
            f"{source.place('output', 'folder')} is {output.folder!r}: it must lie within the case's folder, without `..`; other "
            "places are given with --output"
        )


def _require_corners(domain: CaseDomain, source: Source) -> None:
    """Raises CaseError for one corner without the other, and an empty box."""
    for name, value, other in (("lower", domain.lower, domain.upper), ("upper", domain.upper, domain.lower)):
        if value is None and other is not None:
            raise CaseError(f"{source.place('domain', name)} is missing: a box needs both of its corners, or neither")
    if (
        domain.lower is not None
        and domain.upper is not None
        and any(a >= b for a, b in zip(domain.lower, domain.upper))
    ):
        raise CaseError(
            f"{source.place('domain', 'upper')} is {domain.upper}: it must be above the lower corner {domain.lower} on every axis"
        )

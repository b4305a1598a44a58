"""A complete simulation set-up (geometry, flow, solver, objective, output), however it was specified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warp as wp

from ..errors import CaseError, MotionError, SimulationError
from ..files.names import result_name_of
from ..files.reading import refusals
from ..flows import (
    FieldSettled,
    FlowSetup,
    InflowProfile,
    InternalFlow,
    InternalFlowSetup,
    SteadyRun,
    TransientRun,
    ValuesSettled,
    WindTunnel,
)
from ..geometry import SolidFraction
from ..models.wall import ParabolicInterpolation
from ..observe import Functional
from .caps import conditions_of, require_lasting, surface_of
from .collection_roles import by_collection
from .entry import CasePart, spelt
from .image import ImageOfCase, image_file, require_image
from .models import flow_models, model_of, require_lattice
from .motions import begin_code, motion_notes, moving_bodies, moving_prims, placed, require_motions
from .openings import CaseOpenings
from .output_checks import require_output
from .part_openings import parts_of, unplaced_parts
from .parts import (
    CaseBoundary,
    CaseCondition,
    CaseConstraint,
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseForce,
    CaseImage,
    CaseObjective,
    CaseObstacle,
    CaseOpening,
    CaseOutput,
    CaseReference,
    CaseScalar,
    CaseSolver,
    CaseStream,
    CaseTime,
    SceneFile,
)
from .rotations import rotating_bodies, rotations_of
from .source import Source
from .user_file import load_class, names_a_class

if TYPE_CHECKING:
    from ..scene.usd import Scene


@dataclass(frozen=True, kw_only=True)
class Case:
    """All settings of a run or an optimisation, in SI units; options, USD and TOML build the same value.

    Models of a user's own files are loaded when the case is made. Raises CaseError for parts that contradict each other, and for
    files or classes that cannot be used.
    """

    scene: SceneFile
    obstacle: Mapping[str, CaseObstacle] = field(default_factory=dict)
    """Roles by the path of a prim, a material or a collection; bodies that are not listed are fixed."""
    opening: Mapping[str, CaseOpening] = field(default_factory=dict)
    """Inlets and outlets by the path of the prim that covers them: a cap on the surface whose role is fluidVolume, or without
    such a surface a part of a side of the box."""
    image: CaseImage = field(default_factory=CaseImage)
    domain: CaseDomain = field(default_factory=CaseDomain)
    reference: CaseReference = field(default_factory=CaseReference)
    fluid: CaseFluid = field(default_factory=CaseFluid)
    stream: CaseStream = field(default_factory=CaseStream)
    boundary: Mapping[str, CaseBoundary] = field(default_factory=dict)
    """Boundary conditions by side: xMin, xMax, yMin, yMax, zMin, zMax."""
    solver: CaseSolver = field(default_factory=CaseSolver)
    time: CaseTime = field(default_factory=CaseTime)
    objective: CaseObjective = field(default_factory=CaseObjective)
    design: CaseDesign = field(default_factory=CaseDesign)
    force: CaseForce = field(default_factory=CaseForce)
    scalar: Mapping[str, CaseScalar] = field(default_factory=dict)
    """Scalars by name."""
    condition: Mapping[str, CaseCondition] = field(default_factory=dict)
    """Conditions of scalars, by the prim or the side of the box and, after a colon, the name of the scalar."""
    constraint: Mapping[str, CaseConstraint] = field(default_factory=dict)
    """Constraints by any name."""
    output: CaseOutput = field(default_factory=CaseOutput)
    source: Source = field(default_factory=Source, compare=False)
    """File and prims in which the settings were written, for messages."""

    def __post_init__(self):
        obstacle, design = by_collection(self.obstacle, self.design)
        object.__setattr__(self, "obstacle", obstacle)
        object.__setattr__(self, "design", design)
        _require_roles(self.obstacle, self.source)
        _require_corners(self.domain, self.source)
        _require_within(self.output, self.source)
        require_output(self.output, self.time, self.scalar, self.source)
        require_image(self)
        require_lattice(self.solver, self.source)
        _require_two(self.fluid, self.openings, surface_of(self), self.source)
        rotations_of(self.obstacle, self.source)
        require_motions(self.obstacle, self.time, surface_of(self), self.source)
        self._user_models()
        flow_models(self)
        self._transient_run()
        _require_body(self.reference, surface_of(self), self.source)
        if surface_of(self) is not None:
            conditions_of(self.opening, self.source)

    @classmethod
    def open(
        cls, path: str | Path, *, variants: Mapping[str, str] | None = None, attributes: Mapping[str, str] | None = None,
        local_files_only: bool = False,
    ) -> Case:
        """The case of a USD stage or a TOML file; for a scene without a case, the defaults.

        `variants`: selections in place of the scene's own, such as {"/Car:wheels": "wide"}; `attributes`: values in
        place of those of the scene's attributes, such as {"/Car/Flap.xformOp:rotateY": "15"}; `local_files_only`: refuse a case
        that refers to files outside of its folder. Raises CaseError, SceneError, naming prim, attribute and allowed values.
        """
        from ..scene.usd import foreign
        from . import stage_file, toml_file

        path = Path(path)
        with refusals(path, CaseError):
            if path.suffix.lower() == ".toml":
                case = toml_file.read_case(path, local_files_only=local_files_only)
            elif not foreign.is_stage(path):
                case = cls(scene=SceneFile(file=str(path)), source=Source(local_files_only=local_files_only))
            else:
                case = stage_file.read_case(path, variants or {}, attributes or {}, local_files_only=local_files_only)
        chosen = {**(case.scene.variants or {}), **(variants or {})}
        values = {**(case.scene.attributes or {}), **(attributes or {})}
        return replace(case, scene=replace(case.scene, variants=chosen, attributes=values))

    def on_cells(self, voxel_size: float) -> Case:
        """Returns the same case with another cell size [m]."""
        return replace(self, domain=replace(self.domain, voxel_size=voxel_size))

    @property
    def file(self) -> Path:
        """The scene's file."""
        return Path(self.scene.file or "")

    @property
    def name(self) -> str:
        """Name of its results, from the case's file."""
        return result_name_of(self.source.file or self.file)

    def read_scene(self, *, local_files_only: bool = False, allow_missing: bool = False) -> Scene:
        """The scene, as `Scene.open` reads it, without what is ignored and with the design obstacle as one body.

        Raises SceneError, also for obstacles that do not exist; CaseError for a unit of a stage, which stores its own.
        """
        from ..scene.usd import Scene, foreign

        unit = self.scene.metres_per_unit
        if unit is not None and foreign.is_stage(self.file):
            raise CaseError(
                f"{self.source.place('scene', 'metresPerUnit')} is {unit:g}, but {self.file.name} is a USD stage, which stores "
                "its own unit: set metersPerUnit there, or in a layer over it"
            )
        if (image := self._image) is not None:
            return image.scene()
        scene = Scene.open(
            self.file, variants=self.scene.variants, attributes=self.scene.attributes, time=begin_code(self.obstacle, self.scene),
            subdivision_levels=self.scene.subdivision_levels, purpose=self.scene.purpose, metres_per_unit=unit,
            local_files_only=local_files_only, allow_missing=allow_missing,
        )
        for path in (*self.obstacle, *self.opening):
            scene.body(path)
        scene, in_parts = scene.without(*self._ignored), self.surface is not None and "," in self.surface
        for path in moving_prims(self.obstacle):
            scene = scene.joined(path)
        whole = self.surface if in_parts else self.design_obstacle
        return scene if whole is None else scene.joined(whole)

    @property
    def design_obstacle(self) -> str | None:
        """Paths of the prims whose role is design, separated by commas: one body; None: the scene's only body."""
        return ",".join(path for path, each in self.obstacle.items() if each.role == "design") or None

    @property
    def _ignored(self) -> list[str]:
        return [path for path, each in self.obstacle.items() if each.role == "ignored"]

    @property
    def tunnel(self) -> WindTunnel:
        """The wind tunnel that domain, fluid, boundaries and solver describe."""
        openings, fluid = self.openings, self.fluid
        d, s = self.domain, self.solver
        corners = None if d.lower is None or d.upper is None else (d.lower, d.upper)
        wall = ParabolicInterpolation() if s.wall == "interpolated" else SolidFraction()
        return WindTunnel(
            voxel_size=d.voxel_size, upstream=d.upstream, downstream=d.downstream, side=d.side, corners=corners,
            reynolds=fluid.reynolds or WindTunnel.reynolds, viscosity=fluid.kinematic_viscosity, density=fluid.density,
            reference_length=self.reference.length, reference_area=self.reference.area,
            moment_centre=self.reference.moment_centre,
            velocity=openings.speed if fluid.reynolds is None or fluid.viscosity is None else None,
            direction=openings.direction, yaw=self.stream.yaw, angle_of_attack=self.stream.angle_of_attack, road=self.stream.road,
            profile=self._profile, sides=openings.sides, conditions=openings.conditions,
            lattice_velocity=s.lattice_velocity, wall=wall, **flow_models(self),
            precision=wp.float32 if s.precision == "single" else wp.float64,
        )

    @property
    def openings(self) -> CaseOpenings:
        """Free stream and sides of the box. Raises CaseError for sides that contradict each other."""
        moving = bool(moving_prims(self.obstacle))
        parts = unplaced_parts(self.opening, self.source) if surface_of(self) is None else ()
        return CaseOpenings.of(self.boundary, self.stream, self.force, self.source, parts, is_driven=moving)

    @property
    def _profile(self) -> InflowProfile | None:
        """Profile of the free stream; None: uniform."""
        found = model_of(self.stream, "profile", self.source)
        return None if found is None else found.model(**dict(found.arguments))

    @property
    def internal_flow(self) -> InternalFlow:
        """The flow in a fluid volume that domain, fluid and solver describe."""
        s = self.solver
        return InternalFlow(
            voxel_size=self.domain.voxel_size, reynolds=self.fluid.reynolds or InternalFlow.reynolds,
            viscosity=self.fluid.kinematic_viscosity, density=self.fluid.density, lattice_velocity=s.lattice_velocity,
            **flow_models(self), precision=wp.float32 if s.precision == "single" else wp.float64,
        )

    @property
    def surface(self) -> str | None:
        """Path of the prim that encloses the fluid, several separated by commas; None for flow past a body."""
        return surface_of(self)

    def setup(self, scene: Scene, device: wp.DeviceLike | None = None) -> FlowSetup:
        """The checked flow set-up: see `FlowSetup.check`. Raises WindTunnelError, InternalFlowError, UnitsError."""
        if (image := self._image) is not None:
            return image.setup(device)
        if self.surface is not None:
            return self.internal_flow.in_scene(scene, self.surface, conditions_of(self.opening, self.source), device=device)
        found = rotations_of(self.obstacle, self.source, scene)
        rotations = {name: each for path, each in found.items() for name in scene.prims(path)}
        rotating = rotating_bodies(rotations, (body.path for body in scene.bodies), self.source)
        moving = moving_bodies(self.obstacle, scene, self.time, self.source)
        parts = parts_of(self.opening, scene, self.source)
        tunnel = replace(self.tunnel, rotating=rotating, moving=moving, openings=parts)
        try:
            setup = tunnel.in_scene(scene, self.design_obstacle, ignore=[*self._ignored, *self.opening], device=device)
        except MotionError as error:
            raise placed(error, self.source) from error
        return replace(setup, notes=(*setup.notes, *motion_notes(self.obstacle, scene, self.time)))

    @cached_property
    def _image(self) -> ImageOfCase | None:
        """The voxel image; None for a case without one."""
        path = image_file(self)
        return None if path is None else ImageOfCase.of(self, path)

    @property
    def user_objective(self) -> Functional | None:
        """The user's own objective; None: the drag coefficient."""
        return self.user_model(self.objective, "kind") if names_a_class(self.objective.kind) else None

    def user_model(self, part: CasePart, attribute: str) -> Any:
        """The model that a setting of a part names as FILE.py:ClassName. Raises CaseError where it cannot be made."""
        place = self.source.place(part.space, spelt(attribute))
        kind = part.entries()[spelt(attribute)].model
        assert kind is not None
        return load_class(getattr(part, attribute), kind, place, self.source)()

    def _user_models(self) -> None:
        """Raises CaseError for a user's model that cannot be made; those of boundaries are checked with their sides, and
        those of the flow by `flow_models`."""
        for part in (self.objective, self.design):
            for each in fields(part):
                if names_a_class(getattr(part, each.name)) and each.metadata["entry"].model is not None:
                    self.user_model(part, each.name)

    def flow_run(self, setup: FlowSetup) -> SteadyRun | TransientRun:
        """How the flow is run: for a duration, or to steady state. Raises CaseError for times that do not fit the time step."""
        run = self._transient_run()
        if isinstance(setup, InternalFlowSetup):
            require_lasting(setup, self.time.duration, self.source)
        if run is None:
            return self.steady_run(setup)
        try:
            run.require(setup.units)
        except SimulationError as error:
            raise self._time_error(error) from error
        return run

    def _time_error(self, error: SimulationError) -> CaseError:
        """The error of a run of a given duration, whose message begins with the name of a setting, with the place of it."""
        name, _, rest = str(error).partition(" ")
        return CaseError(f"{self.source.place('time', spelt(name))} {rest}")

    def _transient_run(self) -> TransientRun | None:
        """The run of a given duration; None: to steady state. Raises CaseError for times that do not fit together."""
        given = {each.name: value for each in fields(self.time) if (value := getattr(self.time, each.name)) is not None}
        place = self.source.place("time", "duration")
        if self.time.duration is None:
            for name in given.keys() - {"playback_speed"}:
                raise CaseError(
                    f"{self.source.place('time', spelt(name))} is {given[name]:g} s, but {place} is missing, so that the flow is "
                    "run to steady state: give the duration, or remove it"
                )
            return None
        if self.solver.max_steps is not None:
            raise CaseError(
                f"{self.source.place('solver', 'maxSteps')} is {self.solver.max_steps} and {place} is {self.time.duration:g} s, "
                "which contradict each other: keep one of them"
            )
        try:
            return TransientRun(**given)
        except SimulationError as error:
            raise self._time_error(error) from error

    def steady_run(self, setup: FlowSetup) -> SteadyRun:
        """Convergence criterion of the flow."""
        until = FieldSettled() if self.solver.until == "field" else ValuesSettled()
        found = replace(setup.steady_run, tolerance=self.solver.tolerance, until=until)
        steps = self.solver.max_steps
        if steps is None:
            return found
        # A run of fewer steps than an interval does not converge, and says so.
        return replace(found, interval=min(found.interval, steps), max_steps=steps, max_periodic_steps=None)


def _require_roles(obstacles: Mapping[str, CaseObstacle], source: Source) -> None:
    """Raises CaseError for a role below a prim that has another role; any prim may be ignored."""
    for path, obstacle in obstacles.items():
        for above, other in obstacles.items():
            if path.startswith(above.rstrip("/") + "/") and obstacle.role not in (other.role, "ignored"):
                raise CaseError(
                    f"{source.place('obstacle', 'role', path)} is {obstacle.role} below {above}, which is {other.role}: give a "
                    "prim and all prims below it one role, or the role ignored to those that are left out"
                )


def _require_two(fluid: CaseFluid, openings: CaseOpenings, surface: str | None, source: Source) -> None:
    """Raises CaseError for velocity, viscosity and Reynolds number together: the third follows from the length."""
    if fluid.reynolds is not None and fluid.viscosity is not None and (openings.is_given or surface is not None):
        raise CaseError(
            f"{source.place('fluid', 'viscosity')} is {fluid.viscosity:g} and {source.place('fluid', 'reynolds')} is "
            f"{fluid.reynolds:g}, which contradict each other, because a velocity is specified too: keep two of the three"
        )


def _require_body(reference: CaseReference, surface: str | None, source: Source) -> None:
    """Raises CaseError for reference quantities of a body where the case has a fluid volume."""
    for name in ("length", "area", "moment_centre"):
        value = getattr(reference, name)
        if surface is not None and value is not None:
            raise CaseError(
                f"{source.place('reference', spelt(name))} is {value}, but the case has the fluid volume {surface}, whose "
                "reference length is the hydraulic diameter of its inlet: remove it"
            )


def _require_within(output: CaseOutput, source: Source) -> None:
    """Raises CaseError for results outside of the case's folder, so that a case cannot write to other places."""
    folder = Path(output.folder or "")
    if folder.is_absolute() or ".." in folder.parts:
        raise CaseError(
            f"{source.place('output', 'folder')} is {output.folder!r}: it must be inside the case's folder, without `..`; use "
            "--output for other places"
        )
    if output.folder is not None:
        source.require_local(source.folder / folder, source.place("output", "folder"))


def _require_corners(domain: CaseDomain, source: Source) -> None:
    """Raises CaseError for one corner without the other, and for an empty box."""
    for name, value, other in (("lower", domain.lower, domain.upper), ("upper", domain.upper, domain.lower)):
        if value is None and other is not None:
            raise CaseError(f"{source.place('domain', name)} is missing: give both corners of the box, or neither")
    if (
        domain.lower is not None
        and domain.upper is not None
        and any(a >= b for a, b in zip(domain.lower, domain.upper))
    ):
        raise CaseError(
            f"{source.place('domain', 'upper')} is {domain.upper}: it must be above the lower corner {domain.lower} on every axis"
        )

"""The parts of a case: names, defaults and documentation of all settings of a flow and its optimisation, in SI units.

The USD schema (`sparselbm/scene/usd/schema`), the templates of `init` and the options of the commands are derived from here.
Run `python -m sparselbm.case.schema` after a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..flows import SteadyRun, WindTunnel
from ..geometry.deformation import Deformation
from ..models.boundary import BoundaryCondition
from ..models.collision import Collision
from ..observe import Functional
from .entry import CasePart, entry
from .kinds import CHOICES, COUNT, COUNTS, FLAG, NUMBER, TEXT, TEXTS, TOKEN, VECTOR

Vector = tuple[float, float, float]

SIDES = ("xMin", "xMax", "yMin", "yMax", "zMin", "zMax")


@dataclass(frozen=True, kw_only=True)
class SceneFile(CasePart):
    """How the scene is read."""

    space: ClassVar[str] = "scene"

    file: str | None = entry(TEXT, None, "Scene file, relative to the case's folder.", composed=True, option=False)
    variants: dict[str, str] | None = entry(
        CHOICES, None, 'Variants in place of the scene\'s own selections, such as {"/Car:wheels" = "wide"}.', composed=True,
        option=False,
    )
    metres_per_unit: float | None = entry(
        NUMBER, None, "Length unit [m] of a file that does not store one (STL, OBJ, PLY, volumes): 0.001 for millimetres. "
        "Not set: 1 m.", above=0.0, composed=True,
    )
    time: float | None = entry(NUMBER, None, "Time code at which an animated scene is read. Not set: the first sample.")
    subdivision_levels: int = entry(
        COUNT, 0, "Refinement levels of subdivision surfaces, 0 to 6; 0 reads the control cage."
    )


@dataclass(frozen=True, kw_only=True)
class CaseObstacle(CasePart):
    """Role of a prim, and of all prims below it, in the flow. Bodies without this schema are fixed obstacles."""

    space: ClassVar[str] = "obstacle"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    role: str = entry(
        TOKEN, "fixed",
        "design: the obstacle whose drag is computed, whose shape is optimised, and around which the box is built, several prims "
        "being one body; "
        "fixed: an obstacle in the flow; ignored: not part of the flow; fluidVolume: the surface that encloses the fluid, which "
        "enters and leaves through openings, in one or several prims; there is no box then, and other bodies are ignored.",
        allowed=("fixed", "design", "ignored", "fluidVolume"),
    )


@dataclass(frozen=True, kw_only=True)
class CaseOpening(CasePart):
    """Inlet or outlet of a fluid volume; the schema is applied to the prim of the cap that covers the opening.

    The cap lies on the surface and ends at its rim; it may be tilted. At least one inlet and one outlet are required.
    """

    space: ClassVar[str] = "opening"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    kind: str | None = entry(
        TOKEN, None, "inlet: fluid enters along the cap's normal; outlet: fluid leaves, or enters, at a specified pressure.",
        allowed=("inlet", "outlet"), required=True,
    )
    velocity: float | None = entry(NUMBER, None, "Mean inflow velocity [m/s].", only=("inlet",), above=0.0)
    flow_rate: float | None = entry(
        NUMBER, None, "Volumetric inflow rate [m3/s].", only=("inlet",), above=0.0, instead_of=("velocity",)
    )
    profile: str = entry(
        TOKEN, "uniform", "uniform: the same velocity everywhere; laminar: fully developed flow through the cap's own shape, "
        "which must be flat.", allowed=("uniform", "laminar"), only=("inlet",),
    )
    pressure: float = entry(
        NUMBER, 0.0, "Pressure at the outlet [Pa]; only differences between outlets matter.", only=("outlet",)
    )


@dataclass(frozen=True, kw_only=True)
class CaseDomain(CasePart):
    """Computational domain and cell size. L is the largest extent across the flow of the design obstacle's part in the box.

    A fluid volume has no box: only the cell size applies.
    """

    space: ClassVar[str] = "domain"

    voxel_size: float | None = entry(
        NUMBER, None, "Cell size [m]. Not set: L / 16, or a twelfth of the narrowest opening of a fluid volume.", above=0.0
    )
    upstream: float = entry(NUMBER, WindTunnel.upstream, "Distance from the inlet to the obstacle [L].", above=0.0, option=False)
    downstream: float = entry(
        NUMBER, WindTunnel.downstream, "Distance from the obstacle to the outlet [L].", above=0.0, option=False
    )
    side: float = entry(
        NUMBER, WindTunnel.side, "Distance from the obstacle to each other side [L].", above=0.0, option=False
    )
    lower: Vector | None = entry(
        VECTOR, None, "Lower corner of the box [m].", instead_of=("upstream", "downstream", "side"), option=False
    )
    upper: Vector | None = entry(
        VECTOR, None, "Upper corner of the box [m]; it is moved outwards to whole tiles of 8 cells.",
        instead_of=("upstream", "downstream", "side"), option=False,
    )


@dataclass(frozen=True, kw_only=True)
class CaseReference(CasePart):
    """Reference quantities of the coefficients of a body. A fluid volume has none of its own."""

    space: ClassVar[str] = "reference"

    length: float | None = entry(
        NUMBER, None, "Reference length of the Reynolds and Strouhal numbers [m]. Not set: the largest extent across the flow of "
        "the design obstacle's part in the box.", above=0.0, option="reference_length",
    )
    area: float | None = entry(
        NUMBER, None, "Reference area of force coefficients [m2]. Not set: the silhouette along the flow of the design "
        "obstacle's part in the box.", above=0.0, option="reference_area",
    )


@dataclass(frozen=True, kw_only=True)
class CaseFluid(CasePart):
    """Properties of the fluid."""

    space: ClassVar[str] = "fluid"

    density: float = entry(NUMBER, WindTunnel.density, "Density [kg/m3].", above=0.0)
    reynolds: float = entry(
        NUMBER,
        WindTunnel.reynolds,
        "Reynolds number u L / nu, with the inlet velocity u and the reference length L, by default the design obstacle's "
        "largest extent across the flow; in a fluid volume with the mean velocity u and the hydraulic diameter L = 4 A / P of "
        "the inlet.",
        above=0.0,
    )
    viscosity: float | None = entry(NUMBER, None, "Kinematic viscosity nu [m2/s].", above=0.0, instead_of=("reynolds",))


@dataclass(frozen=True, kw_only=True)
class CaseBoundary(CasePart):
    """Boundary condition on a side of the box: xMin, xMax, yMin, yMax, zMin or zMax. The default is free slip.

    There are one inlet, on a lower side, and one outlet on the opposite side.
    """

    space: ClassVar[str] = "boundary"
    instances: ClassVar[tuple[str, ...]] = SIDES

    kind: str = entry(
        TOKEN, "slip",
        "inlet: inflow at a specified velocity; outlet: outflow at pressure 0; wall: no-slip wall; movingWall: no-slip wall that "
        "moves in its own plane; slip, symmetry: no friction and no flow through the side.",
        allowed=("inlet", "outlet", "wall", "movingWall", "slip", "symmetry"),
    )
    velocity: Vector | None = entry(
        VECTOR, None, "Velocity [m/s]: of the inflow, normal to the side, or of the moving wall, along it.",
        only=("inlet", "movingWall"), required=True,
    )
    profile: str = entry(
        TOKEN, "uniform",
        "uniform: the same velocity everywhere; parabola: the velocity times 4 s (1 - s) along both axes, with s from 0 to 1 "
        "between walls, so that it is the maximum.",
        allowed=("uniform", "parabola"), only=("inlet",),
    )
    model: str | None = entry(
        TEXT, None, "Boundary condition in place of the built-in one of this kind; it is given the face and, for an inlet or a "
        "wall, the velocity in lattice units.", model=BoundaryCondition,
    )


@dataclass(frozen=True, kw_only=True)
class CaseSolver(CasePart):
    """Settings of the lattice Boltzmann method."""

    space: ClassVar[str] = "solver"

    lattice: str | None = entry(
        TOKEN, None, "Velocity set. Not set: D3Q19, or D3Q27 where the collision model needs it.", allowed=("D3Q19", "D3Q27")
    )
    collision: str | None = entry(
        TOKEN, None,
        "Collision model; Cumulant requires D3Q27. Not set: TRT where it is stable at the cell Reynolds number u / nu, else "
        "CentralMoment, Cumulant or RecursiveRegularised, which are stable at higher ones; the choice is printed.",
        allowed=("TRT", "BGK", "RecursiveRegularised", "CentralMoment", "Cumulant"), model=Collision,
    )
    precision: str = entry(TOKEN, "single", "Floating-point precision of the solver.", allowed=("single", "double"))
    wall: str = entry(
        TOKEN,
        "partiallySaturated",
        "Wall model of the bodies. partiallySaturated: partially saturated method (PSM), which is differentiable; interpolated: "
        "interpolated bounce-back, for thin bodies and gaps. The wall of a fluid volume always uses interpolated bounce-back.",
        allowed=("partiallySaturated", "interpolated"),
    )
    lattice_velocity: float = entry(
        NUMBER,
        WindTunnel.lattice_velocity,
        "Inlet velocity in cells per step: a smaller value is more accurate and slower (Mach number u sqrt(3)).",
        above=0.0,
    )
    tolerance: float = entry(
        NUMBER, SteadyRun.tolerance,
        "Convergence tolerance: the flow counts as steady when, relative to their size, the monitored values drift by less than "
        "this over an eighth of a flow-through time, and oscillate by less over three eighths. Monitored are the objective, all "
        "components of the force on the body, and all flow rates and pressures at openings.", above=0.0,
    )
    until: str = entry(
        TOKEN, "values", "When a run ends. values: the monitored values are steady; field: the velocity is steady everywhere "
        "too, which drawn results far downstream of a body require.", allowed=("values", "field"),
    )
    max_steps: int | None = entry(
        COUNT, None, "Maximum number of steps to steady state. Not set: ten flow-through times, twenty if the flow oscillates.",
        above=0.0,
    )


@dataclass(frozen=True, kw_only=True)
class CaseObjective(CasePart):
    """Objective function of the optimisation and limits of its cost."""

    space: ClassVar[str] = "objective"

    kind: str = entry(
        TOKEN, "drag", "Objective to minimise. drag: drag coefficient C_d = F / (1/2 rho u^2 A) of the design obstacle.",
        allowed=("drag",), model=Functional, option="objective",
    )
    iterations: int = entry(COUNT, 10, "Maximum number of iterations of the optimiser.", above=0.0)
    seconds: float | None = entry(NUMBER, None, "Maximum wall-clock time of the optimisation [s].", above=0.0)
    grid_check: bool = entry(FLAG, True, "Evaluate the first and the best shape again on a grid refined by 1.25.")
    cross_check: bool = entry(
        FLAG, True, "Evaluate the first and the best shape with interpolated bounce-back as well: its values are reported, and "
        "an improvement that only the wall model of the optimisation shows is rejected.",
    )


@dataclass(frozen=True, kw_only=True)
class CaseDesign(CasePart):
    """Design variables; the schema is applied to the design obstacle or, for xformOps, to the prim of the ops."""

    space: ClassVar[str] = "design"

    prim: str | None = entry(
        TEXT, None, "Prim of the xform ops. Not set: the design obstacle.", composed=True, option=False
    )
    kind: str = entry(
        TOKEN, "ffd",
        "ffd: control points of a free-form deformation; rigid: translation and rotation; vertices: all vertices, smoothed, with "
        "the Adam optimiser, which needs 30 iterations or more; xformOps: values of the prim's own xform ops; DesignVariables of "
        "your own, FILE.py:ClassName, for variables that are not a shape, such as parameters of the models in a fluid volume.",
        allowed=("ffd", "rigid", "vertices", "xformOps"), model=Deformation, option="design",
    )
    control_points: tuple[int, int, int] = entry(
        COUNTS, (4, 3, 4), "Number of control points along x, y and z.", only=("ffd",), option=False
    )
    smoothing: float | None = entry(
        NUMBER, None, "Smoothing length of vertex displacements [m]; 2 to 5 cells are recommended.",
        only=("vertices",), required=True, above=0.0, option=False,
    )
    max_displacement: float | None = entry(
        NUMBER, None, "Maximum displacement of a control point, a vertex or the body along each axis [m]. Not set: 0.12 L.",
        only=("ffd", "rigid", "vertices"), above=0.0,
    )
    vary_ops: tuple[str, ...] | None = entry(
        TEXTS, None, "Xform ops to vary and the maximum change of their values, in the stage's units and degrees: "
        "xformOp:rotateY=20, or one maximum per component, xformOp:translate=0.1,0,0.",
        only=("xformOps",), required=True, option=False,
    )
    fixed_volume: bool = entry(FLAG, True, "Keep the volume of the body within 0.5 %; requires a closed mesh.")


@dataclass(frozen=True, kw_only=True)
class CaseConstraint(CasePart):
    """Constraint on the shape or on its flow, in addition to the fixed volume."""

    space: ClassVar[str] = "constraint"
    instances: ClassVar[None] = None

    kind: str | None = entry(
        TOKEN, None,
        "thickness: minimum thickness; box: all points inside a box; force: a force coefficient F . d / (1/2 rho u^2 A) between "
        "limits; pressureDrop: the pressure drop from inlet to outlet, in 1/2 rho u^2, between limits. Each of the last two "
        "requires an additional adjoint solution.",
        allowed=("thickness", "box", "force", "pressureDrop"), required=True,
    )
    thickness: float | None = entry(
        NUMBER, None, "Minimum thickness [m].", only=("thickness",), required=True, above=0.0
    )
    lower_corner: Vector | None = entry(
        VECTOR, None, "Lower corner of the box [m].", only=("box",), required=True
    )
    upper_corner: Vector | None = entry(
        VECTOR, None, "Upper corner of the box [m].", only=("box",), required=True
    )
    direction: Vector | None = entry(
        VECTOR, None, "Direction d of the force component.", only=("force",), required=True
    )
    lower: float | None = entry(
        NUMBER, None, "Lower limit of the coefficient.", only=("force", "pressureDrop")
    )
    upper: float | None = entry(
        NUMBER, None, "Upper limit of the coefficient.", only=("force", "pressureDrop")
    )


@dataclass(frozen=True, kw_only=True)
class CaseOutput(CasePart):
    """Where results are written."""

    space: ClassVar[str] = "output"

    folder: str | None = entry(
        TEXT,
        None,
        "Folder of the results, inside the case's folder; optimize and gradcheck append their names to it. Not set: "
        "results/NAME_OF_THE_CASE in the working directory.",
        option=False,
    )


PARTS: tuple[type[CasePart], ...] = (
    SceneFile, CaseObstacle, CaseOpening, CaseDomain, CaseReference, CaseFluid, CaseBoundary, CaseSolver, CaseObjective,
    CaseDesign, CaseConstraint, CaseOutput,
)

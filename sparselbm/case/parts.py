"""The parts of a case: every name, fallback and doc of what can be said of a flow and its study, in SI units.

The USD schema (`sparselbm/scene/usd/schema`) is written from here by `python -m sparselbm.case.schema`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..flows import SteadyRun, WindTunnel
from .entry import CasePart, entry
from .kinds import CHOICES, COUNT, COUNTS, FLAG, NUMBER, TEXT, TEXTS, TOKEN, VECTOR

Vector = tuple[float, float, float]

SIDES = ("xMin", "xMax", "yMin", "yMax", "zMin", "zMax")


@dataclass(frozen=True, kw_only=True)
class SceneFile(CasePart):
    """How the scene is read."""

    space: ClassVar[str] = "scene"

    file: str | None = entry(TEXT, None, "The scene, seen from the case's folder.", composed=True)
    variants: dict[str, str] | None = entry(
        CHOICES, None, 'Choices in place of the scene\'s own, such as {"/Car:wheels" = "wide"}.', composed=True
    )
    metres_per_unit: float | None = entry(
        NUMBER, None, "Length of a unit [m] of a scene that does not say it, STL, OBJ, PLY or volumes: 0.001 for millimetres. "
        "Not set: metres.", above=0.0, composed=True,
    )  # fmt: skip
    time: float | None = entry(NUMBER, None, "Time code that an animated scene is read at. Not set: the first sample.")
    levels: int = entry(
        COUNT, 0, "Refinements of subdivision surfaces towards their smooth limit, 0 to 6; 0 reads the cage."
    )


@dataclass(frozen=True, kw_only=True)
class CaseObstacle(CasePart):
    """What a prim, with all below it, is to the flow. Bodies without this schema are fixed."""

    space: ClassVar[str] = "obstacle"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    role: str = entry(
        TOKEN, "fixed",
        "design: the one body whose drag is measured and whose shape is optimised, and that the box is built around; "
        "fixed: it stands in the flow; ignored: the flow passes through it; inside: the one surface whose inside is the fluid, "
        "in and out through openings; there is no box then, and the other bodies count for nothing.",
        allowed=("fixed", "design", "ignored", "inside"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CaseOpening(CasePart):
    """A cap, to whose prim this schema is applied: fluid enters or leaves the surface whose role is inside through it.

    It lies on the surface, and ends at its rim; it may be tilted. There are one inlet and one outlet at least.
    """

    space: ClassVar[str] = "opening"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    kind: str | None = entry(
        TOKEN, None, "inlet: fluid enters along the cap's normal; outlet: it leaves, or enters, at a pressure.",
        allowed=("inlet", "outlet"), needed=True,
    )  # fmt: skip
    velocity: float | None = entry(NUMBER, None, "Mean velocity of what enters [m/s].", only=("inlet",), above=0.0)
    flow_rate: float | None = entry(
        NUMBER, None, "What enters [m3/s].", only=("inlet",), above=0.0, instead_of=("velocity",)
    )
    profile: str = entry(
        TOKEN, "uniform", "laminar: that of developed flow, for the cap's own shape, which must be flat.",
        allowed=("uniform", "laminar"), only=("inlet",),
    )  # fmt: skip
    pressure: float = entry(NUMBER, 0.0, "Behind the cap [Pa]; differences between outlets count.", only=("outlet",))


@dataclass(frozen=True, kw_only=True)
class CaseDomain(CasePart):
    """The box of fluid and its cells. L is the design obstacle's largest extent across the flow.

    Of flow inside a surface there is no box: only the size of the cells counts.
    """

    space: ClassVar[str] = "domain"

    voxel_size: float | None = entry(
        NUMBER, None, "Edge of a cell [m]. Not set: L / 16; inside a surface, a twelfth of the narrowest opening.", above=0.0
    )
    upstream: float = entry(NUMBER, WindTunnel.upstream, "From the inlet to the obstacle [L].", above=0.0)
    downstream: float = entry(NUMBER, WindTunnel.downstream, "From the obstacle to the outlet [L].", above=0.0)
    side: float = entry(NUMBER, WindTunnel.side, "From the obstacle to each other side [L].", above=0.0)
    lower: Vector | None = entry(
        VECTOR, None, "Lower corner of the box [m].", instead_of=("upstream", "downstream", "side")
    )
    upper: Vector | None = entry(
        VECTOR, None, "Upper corner of the box [m]; it moves out to whole tiles of 8 cells.",
        instead_of=("upstream", "downstream", "side"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CaseFluid(CasePart):
    """The fluid."""

    space: ClassVar[str] = "fluid"

    density: float = entry(NUMBER, WindTunnel.density, "Density [kg/m3].", above=0.0)
    reynolds: float = entry(
        NUMBER,
        WindTunnel.reynolds,
        "Reynolds number u L / nu, with L the design obstacle's largest extent across the flow, u the inlet's velocity; inside a "
        "surface, L the inlet's hydraulic diameter 4 A / P, u its mean velocity.",
        above=0.0,
    )
    viscosity: float | None = entry(NUMBER, None, "Kinematic viscosity nu [m2/s].", above=0.0, instead_of=("reynolds",))


@dataclass(frozen=True, kw_only=True)
class CaseBoundary(CasePart):
    """What happens on a side of the box: xMin, xMax, yMin, yMax, zMin or zMax. Sides that are not named let the flow slip.

    There are one inlet, on a lower side, and one outlet, opposite to it.
    """

    space: ClassVar[str] = "boundary"
    instances: ClassVar[tuple[str, ...]] = SIDES

    kind: str = entry(
        TOKEN, "slip",
        "inlet: flow enters at a velocity; outlet: it leaves, at pressure 0; wall: it sticks; movingWall: it sticks to a wall "
        "that slides; slip and symmetry: no friction and no flow through it.",
        allowed=("inlet", "outlet", "wall", "movingWall", "slip", "symmetry"),
    )  # fmt: skip
    velocity: Vector | None = entry(
        VECTOR, None, "Of what enters, across the side, or of the wall, along it [m/s].",
        only=("inlet", "movingWall"), needed=True,
    )  # fmt: skip
    profile: str = entry(
        TOKEN, "uniform",
        "parabola: times 4 s (1 - s) along both axes, s from 0 to 1 between walls, so that the velocity is the largest.",
        allowed=("uniform", "parabola"), only=("inlet",),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CaseSolver(CasePart):
    """The lattice Boltzmann method."""

    space: ClassVar[str] = "solver"

    lattice: str = entry(TOKEN, "D3Q19", "Velocities a cell.", allowed=("D3Q19", "D3Q27"))
    collision: str = entry(
        TOKEN, "TRT",
        "Collision model; Cumulant needs D3Q27. At high Reynolds numbers the last three hold longer, best on D3Q27.",
        allowed=("TRT", "BGK", "RecursiveRegularised", "CentralMoment", "Cumulant"),
    )  # fmt: skip
    precision: str = entry(TOKEN, "single", "Of the numbers.", allowed=("single", "double"))
    wall: str = entry(
        TOKEN,
        "fraction",
        "Of bodies: the solid fraction of cells, which can be optimised, or interpolated on the links between cells, for thin "
        "bodies and gaps. Walls around flow inside a surface are always interpolated.",
        allowed=("fraction", "interpolated"),
    )
    lattice_velocity: float = entry(
        NUMBER,
        WindTunnel.lattice_velocity,
        "u in cells a step: less is more exact and slower (Mach number u sqrt(3)).",
        above=0.0,
    )
    tolerance: float = entry(
        NUMBER, SteadyRun.tolerance,
        "The flow is at rest when the drag, or flow rates and pressures of all openings, change by less than this share over an "
        "eighth of a crossing of the box, or of a filling of the inside.", above=0.0,
    )  # fmt: skip
    settle_steps: int | None = entry(
        COUNT, None, "Most steps until the flow is at rest. Not set: ten crossings of the box, or fillings.", above=0.0
    )


@dataclass(frozen=True, kw_only=True)
class CaseObjective(CasePart):
    """What is made least, and for how long it is tried."""

    space: ClassVar[str] = "objective"

    kind: str = entry(TOKEN, "drag", "drag: C_d = F / (1/2 rho u^2 A) of the design obstacle.", allowed=("drag",))
    iterations: int = entry(COUNT, 10, "Most iterations of the optimiser.", above=0.0)
    seconds: float | None = entry(NUMBER, None, "Most wall-clock time of the optimisation [s].", above=0.0)
    second_grid: bool = entry(FLAG, True, "Evaluate the first and the best shape again on voxels finer by 1.25.")
    cross_check: bool = entry(
        FLAG, True, "Evaluate the best shape again with walls on links; refuse a gain that is the wall's."
    )


@dataclass(frozen=True, kw_only=True)
class CaseDesign(CasePart):
    """What may change of the design obstacle, to which this schema is applied; with xformOps, to the prim of the ops."""

    space: ClassVar[str] = "design"

    prim: str | None = entry(TEXT, None, "Prim of the ops. Not set: the design obstacle.", composed=True)
    kind: str = entry(
        TOKEN, "ffd",
        "ffd: control points of a free-form deformation; rigid: it moves and turns; vertices: each point, smoothed, by Adam, "
        "which wants 30 iterations or more; xformOps: numbers of the prim's own ops, written back.",
        allowed=("ffd", "rigid", "vertices", "xformOps"),
    )  # fmt: skip
    control_points: tuple[int, int, int] = entry(COUNTS, (4, 3, 4), "Along x, y and z.", only=("ffd",))
    smoothing: float | None = entry(
        NUMBER, None, "Length over which vertices move together [m]; 2 to 5 cells are good.",
        only=("vertices",), needed=True, above=0.0,
    )  # fmt: skip
    limit: float | None = entry(
        NUMBER, None, "Farthest that a control point, a vertex or the body moves along an axis [m]. Not set: 0.12 L.",
        only=("ffd", "rigid", "vertices"), above=0.0,
    )  # fmt: skip
    vary: tuple[str, ...] | None = entry(
        TEXTS, None, "Ops and how far their numbers may change, in the stage's units and degrees: xformOp:rotateY=20, or one "
        "reach a number, xformOp:translate=0.1,0,0.", only=("xformOps",), needed=True,
    )  # fmt: skip
    fixed_volume: bool = entry(FLAG, True, "Keep the volume within 0.5 %; needs a closed mesh.")


@dataclass(frozen=True, kw_only=True)
class CaseConstraint(CasePart):
    """A condition on the shape or on its flow, beside the fixed volume."""

    space: ClassVar[str] = "constraint"
    instances: ClassVar[None] = None

    kind: str | None = entry(
        TOKEN, None,
        "thickness: nowhere thinner; box: no point outside of it; force: a coefficient F . d / (1/2 rho u^2 A) between limits; "
        "pressureDrop: from inlet to outlet, in 1/2 rho u^2, between limits. The last two cost an adjoint each.",
        allowed=("thickness", "box", "force", "pressureDrop"), needed=True,
    )  # fmt: skip
    thickness: float | None = entry(NUMBER, None, "Least thickness [m].", only=("thickness",), needed=True, above=0.0)
    lower_corner: Vector | None = entry(VECTOR, None, "Of the box [m].", only=("box",), needed=True)
    upper_corner: Vector | None = entry(VECTOR, None, "Of the box [m].", only=("box",), needed=True)
    direction: Vector | None = entry(VECTOR, None, "d of the force.", only=("force",), needed=True)
    lower: float | None = entry(NUMBER, None, "Least coefficient, without unit.", only=("force", "pressureDrop"))
    upper: float | None = entry(NUMBER, None, "Largest coefficient, without unit.", only=("force", "pressureDrop"))


@dataclass(frozen=True, kw_only=True)
class CaseOutput(CasePart):
    """Where results go."""

    space: ClassVar[str] = "output"

    folder: str | None = entry(
        TEXT,
        None,
        "Folder of the results, within the case's own; optimize and gradcheck add their names to it. Not set: "
        "results/NAME_OF_THE_CASE where the command runs.",
    )


PARTS: tuple[type[CasePart], ...] = (
    SceneFile, CaseObstacle, CaseOpening, CaseDomain, CaseFluid, CaseBoundary, CaseSolver, CaseObjective, CaseDesign, CaseConstraint, CaseOutput,
)  # fmt: skip

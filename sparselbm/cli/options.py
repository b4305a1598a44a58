"""The options that commands share. Those that stand for an attribute of a case have its doc and its fallback."""

from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from ..case import CaseDesign, CaseDomain, CaseFluid, CaseObjective, CaseSolver, SceneFile
from ..case.entry import CasePart, spelt
from ..errors import OptionError

Number = TypeVar("Number", int, float)




def axis_number(text: str) -> int:
    """0, 1 or 2 of x, y or z."""
    if text.lower() not in ("x", "y", "z"):
        raise OptionError(f"--flow-axis {text!r} is no axis: give x, y or z")
    return "xyz".index(text.lower())


def three(name: str, text: str, kind: type[Number], example: str) -> tuple[Number, Number, Number]:
    """Three numbers with commas between them."""
    try:
        a, b, c = (kind(each) for each in text.split(","))
    except ValueError:
        raise OptionError(f"{name} {text!r}: give three numbers with commas between, such as {example}") from None
    return a, b, c


def option(name: str, text: str, **more):
    """An option of one long name."""
    return typer.Option(name, help=text, **more)


def setting(name: str, part: type[CasePart], attribute: str, **more):
    """The option for an attribute of a case, whose fallback is what holds without it."""
    known = part.entries()[spelt(attribute)]
    value = ("no", "yes")[known.fallback] if isinstance(known.fallback, bool) else known.fallback
    shown = "" if value is None else f" Default: {value}."
    choices = {"metavar": "|".join(known.allowed)} if known.allowed else {}
    return option(name, escape(known.doc) + shown, show_default=False, **choices, **more)


def output(default: str):
    """The option for the folder of a command's results."""
    return option("--output", f"Folder of the results. Default: {default}.", metavar="FOLDER")


CaseFile = Annotated[
    Path,
    typer.Argument(
        metavar="SCENE",
        help="USD stage (.usd, .usda, .usdc, .usdz), with a case in it or without, a case as TOML, or STL, OBJ, PLY, glTF, "
        ".nvdb. It is only read; options come before what it says.",
    ),
]
ObstaclePath = Annotated[
    str | None,
    option(
        "--obstacle",
        "Prim that the tunnel is built around; a mesh, or an Xform with all below it. Default: the only body.",
        metavar="PRIM",
    ),
]
Without = Annotated[
    list[str] | None, option("--without", "Prim that is left out of the tunnel; may be repeated.", metavar="PRIM")
]
Variant = Annotated[
    list[str] | None,
    option(
        "--variant", "Variant of a prim in place of the scene's choice; may be repeated.", metavar="/PRIM:SET=CHOICE"
    ),
]
Time = Annotated[float | None, setting("--time", SceneFile, "time", metavar="CODE")]
MetresPerUnit = Annotated[float | None, setting("--metres-per-unit", SceneFile, "metres_per_unit", metavar="METRES")]
Levels = Annotated[int | None, setting("--levels", SceneFile, "levels")]
Confine = Annotated[bool, option("--confine", "Refuse a scene that refers to files outside of its folder.")]
Partial = Annotated[
    bool, option("--partial", "Read what there is of a scene whose references or payloads are missing.")
]
VoxelSize = Annotated[float | None, setting("--voxel-size", CaseDomain, "voxel_size", metavar="METRES")]
Reynolds = Annotated[float | None, setting("--reynolds", CaseFluid, "reynolds")]
Velocity = Annotated[
    float | None,
    option(
        "--velocity", "Velocity u of the incoming flow; scales forces and pressures. Default: 1.", metavar="M/S"
    ),
]
Density = Annotated[float | None, setting("--density", CaseFluid, "density", metavar="KG/M3")]
FlowAxis = Annotated[
    str | None,
    option(
        "--flow-axis",
        "Axis along which the flow comes, towards its positive end: x, y or z. Default: x.",
        metavar="AXIS",
    ),
]
Box = Annotated[
    str | None,
    option(
        "--box",
        "Margins upstream, downstream and to each side of the obstacle, in multiples of L. Default: "
        f"{CaseDomain.upstream:g},{CaseDomain.downstream:g},{CaseDomain.side:g}.",
        metavar="U,D,S",
    ),
]
LatticeVelocity = Annotated[float | None, setting("--lattice-velocity", CaseSolver, "lattice_velocity")]
Wall = Annotated[str | None, setting("--wall", CaseSolver, "wall")]
LatticeModel = Annotated[str | None, setting("--lattice", CaseSolver, "lattice")]
CollisionModel = Annotated[str | None, setting("--collision", CaseSolver, "collision")]
Device = Annotated[
    str | None, option("--device", "Warp device, such as cpu or cuda:0. Default: a GPU where there is one.")
]
Overwrite = Annotated[
    bool, option("--overwrite", "Replace the results of a former run in that folder; other files stay.")
]
Tolerance = Annotated[float | None, setting("--tolerance", CaseSolver, "tolerance")]
SettleSteps = Annotated[int | None, setting("--settle-steps", CaseSolver, "settle_steps", metavar="STEPS")]
Iterations = Annotated[int | None, setting("--iterations", CaseObjective, "iterations")]
Seconds = Annotated[float | None, setting("--seconds", CaseObjective, "seconds")]
SecondGrid = Annotated[bool | None, setting("--second-grid/--no-second-grid", CaseObjective, "second_grid")]
CrossCheckFlag = Annotated[bool | None, setting("--cross-check/--no-cross-check", CaseObjective, "cross_check")]
Ffd = Annotated[
    str | None,
    option(
        "--ffd",
        "Free-form deformation: control points along x, y and z. The default, with 4,3,4.",
        metavar="X,Y,Z",
    ),
]
Limit = Annotated[float | None, setting("--limit", CaseDesign, "limit", metavar="METRES")]
RigidFlag = Annotated[bool, option("--rigid", "Only move and turn the body.")]
Vertices = Annotated[
    float | None,
    option(
        "--vertices",
        "Free vertices, smoothed over this length (2 to 5 cells are good); by Adam, which wants 30 iterations or more.",
        metavar="METRES",
    ),
]
Vary = Annotated[
    list[str] | None,
    option(
        "--vary",
        "Numbers of a prim's own xform op, and how far they may change; may be repeated. Their values are written back.",
        metavar="PRIM.OP=REACH",
    ),
]
FixedVolume = Annotated[bool | None, setting("--fixed-volume/--free-volume", CaseDesign, "fixed_volume")]
JsonFile = Annotated[Path | None, option("--json", "Write the same as JSON.", metavar="FILE")]


def chosen(variant: list[str] | None) -> dict[str, str]:
    """The variants of `--variant` by their set."""
    return dict(_choice(each) for each in variant or ())


def _choice(text: str) -> tuple[str, str]:
    name, equals, choice = text.partition("=")
    if not (equals and choice and ":" in name):
        raise OptionError(f"--variant {text!r}: give prim, variant set and choice, such as /Car:wheels=wide")
    return name, choice


def device_of(name: str | None) -> str:
    """A device that is there. Raises OptionError naming those that are."""
    import warp as wp

    wp.init()
    try:
        return wp.get_device(name).alias
    except Exception as error:
        there = ", ".join(device.alias for device in wp.get_devices())
        raise OptionError(f"--device {name}: no such device; there are: {there}") from error

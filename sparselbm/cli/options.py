"""The options that commands share, and the values that they stand for."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from ..geometry import Fraction, SolidFraction, SplineFraction
from ..settle import Settle
from ..tunnel import Tunnel, TunnelPlan
from ..usd import Scene

Number = TypeVar("Number", int, float)


class OptionError(ValueError):
    """Options that contradict each other, or name what is not there."""


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


SceneFile = Annotated[
    Path,
    typer.Argument(
        metavar="SCENE", help="USD stage (.usd, .usda, .usdc, .usdz), or STL, OBJ, PLY, glTF. It is only read."
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
Time = Annotated[
    float | None,
    option("--time", "Time code that an animated scene is read at. Default: the first sample.", metavar="CODE"),
]
Levels = Annotated[
    int, option("--levels", "Refinements of subdivision surfaces towards their smooth limit; 0 reads the cage.")
]
Confine = Annotated[bool, option("--confine", "Refuse a scene that refers to files outside of its folder.")]
Partial = Annotated[
    bool, option("--partial", "Read what there is of a scene whose references or payloads are missing.")
]
VoxelSize = Annotated[
    float | None,
    option(
        "--voxel-size",
        "Edge of a cell. Default: a sixteenth of the obstacle's extent across the flow.",
        metavar="METRES",
    ),
]
Reynolds = Annotated[
    float, option("--reynolds", "Reynolds number u L / nu, with L the obstacle's largest extent across the flow.")
]
Velocity = Annotated[
    float, option("--velocity", "Velocity u of the incoming flow; scales forces and pressures.", metavar="M/S")
]
Density = Annotated[float, option("--density", "Density of the fluid.", metavar="KG/M3")]
FlowAxis = Annotated[
    str,
    option(
        "--flow-axis",
        "Axis along which the flow comes, towards its positive end: x, y or z.",
        metavar="AXIS",
    ),
]
Box = Annotated[
    str,
    option(
        "--box",
        "Margins upstream, downstream and to each side of the obstacle, in multiples of L.",
        metavar="U,D,S",
    ),
]
LatticeVelocity = Annotated[
    float, option("--lattice-velocity", "u in cells a step: less is more exact and slower (Mach number u sqrt(3)).")
]
WALLS: dict[str, Fraction] = {"cut": SolidFraction(), "spline": SplineFraction()}
"""Walls that gradients are taken by."""

Wall = Annotated[
    str,
    option(
        "--wall",
        "Solid fraction of a cell: cut by its plane, or a spline, which moves evenly through the cells; give bodies 5 cells.",
        metavar="cut|spline",
    ),
]
Device = Annotated[
    str | None, option("--device", "Warp device, such as cpu or cuda:0. Default: a GPU where there is one.")
]
Output = Annotated[
    Path | None, option("--output", "Folder of the results. Default: results/NAME_OF_THE_SCENE.", metavar="FOLDER")
]
Overwrite = Annotated[
    bool, option("--overwrite", "Replace the results of a former run in that folder; other files stay.")
]
Tolerance = Annotated[
    float,
    option(
        "--tolerance",
        "The flow is at rest when the drag changes by less than this share over an eighth of a crossing of the tunnel.",
    ),
]
SettleSteps = Annotated[
    int | None,
    option(
        "--settle-steps", "Most steps until the flow is at rest. Default: ten crossings of the tunnel.", metavar="STEPS"
    ),
]
Iterations = Annotated[int, option("--iterations", "Most iterations of the optimiser.")]
Seconds = Annotated[float | None, option("--seconds", "Most wall-clock time of the optimisation.")]
SecondGrid = Annotated[
    bool,
    option("--second-grid/--no-second-grid", "Evaluate the first and the best shape again on voxels finer by 1.25."),
]
Recheck = Annotated[
    bool,
    option(
        "--recheck/--no-recheck", "Evaluate the best shape again with walls on links; refuse a gain that is the wall's."
    ),
]
JsonFile = Annotated[Path | None, option("--json", "Write the same as JSON.", metavar="FILE")]


def scene_of(
    path: Path, variant: list[str] | None, time: float | None, levels: int, confine: bool, partial: bool
) -> Scene:
    """The scene as the options want it read."""
    return Scene.open(path, variants=chosen(variant), time=time, levels=levels, confine=confine, partial=partial)


def chosen(variant: list[str] | None) -> dict[str, str]:
    """The variants of `--variant` by their set."""
    return dict(_choice(each) for each in variant or ())


def _choice(text: str) -> tuple[str, str]:
    name, equals, choice = text.partition("=")
    if not (equals and choice and ":" in name):
        raise OptionError(f"--variant {text!r}: give prim, variant set and choice, such as /Car:wheels=wide")
    return name, choice


def tunnel_of(
    voxel_size: float | None,
    reynolds: float,
    velocity: float,
    density: float,
    flow_axis: str,
    box: str,
    lattice_velocity: float,
    wall: str = "cut",
) -> Tunnel:
    """The tunnel that the options describe."""
    if wall not in WALLS:
        raise OptionError(f"--wall {wall!r}: give {' or '.join(WALLS)}")
    upstream, downstream, side = three("--box", box, float, "2,4,1.5")
    return Tunnel(
        voxel_size=voxel_size, reynolds=reynolds, velocity=velocity, density=density, axis=axis_number(flow_axis),
        upstream=upstream, downstream=downstream, side=side, lattice_velocity=lattice_velocity, wall=WALLS[wall],
    )  # fmt: skip


def settle_of(plan: TunnelPlan, tolerance: float, steps: int | None) -> Settle:
    """How the options want a flow brought to rest."""
    return replace(plan.settle, tolerance=tolerance, limit=plan.settle.limit if steps is None else steps)


def device_of(name: str | None) -> str:
    """A device that is there. Raises OptionError naming those that are."""
    import warp as wp

    wp.init()
    try:
        return wp.get_device(name).alias
    except Exception as error:
        there = ", ".join(device.alias for device in wp.get_devices())
        raise OptionError(f"--device {name}: no such device; there are: {there}") from error


def output_of(output: Path | None, scene: Path) -> Path:
    """The folder of the results."""
    return output if output is not None else Path("results") / scene.stem

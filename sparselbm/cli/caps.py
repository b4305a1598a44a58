"""`sparselbm caps`: finds the openings of a vessel's surface and writes a case with their caps."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..case import CaseOpening, SceneFile
from ..errors import OptionError
from ..scene.usd import Scene
from . import options as o
from .settings import setting
from .show import out
from .vessel import Vessel

SurfacePath = Annotated[Path, typer.Argument(
    metavar="SURFACE",
    help="Surface of a vessel: an STL, OBJ, PLY or .vtp file, or a USD stage, open at its ends or closed by flat ones.",
)]
MetresPerUnit = Annotated[float | None, setting(SceneFile, "metres_per_unit")]
Inlets = Annotated[list[int] | None, o.option("--inlet", "Number of an inlet; can be repeated.", metavar="N")]
Outlets = Annotated[
    list[int] | None,
    o.option(
        "--outlet", "Number of an outlet; can be repeated. Default: every opening that is no inlet, if there is one inlet.",
        metavar="N",
    ),
]
Velocity = Annotated[float | None, o.option("--velocity", "Mean velocity at each inlet [m/s]. Default: 1.", metavar="M/S")]
FlowRate = Annotated[
    float | None, o.option("--flow-rate", "Volumetric flow rate of each inlet [m3/s], instead of the velocity.", metavar="M3/S")
]
CaseFile = Annotated[
    Path | None,
    o.option("--output", "File of the case, .usda. Default: SURFACE_case.usda.", metavar="FILE", rich_help_panel="Output"),
]
Overwrite = Annotated[bool, o.flag("--overwrite", "Replace an existing case with that name.", rich_help_panel="Output")]


def caps(
    surface: SurfacePath, metres_per_unit: MetresPerUnit = None, inlet: Inlets = None, outlet: Outlets = None,
    velocity: Velocity = None, flow_rate: FlowRate = None, output: CaseFile = None, overwrite: Overwrite = False,
) -> None:
    """Find the openings of a vessel's surface, number them, and write a case for the flow inside it.

    Openings are the open rims of the surface, or the flat ends of a closed one. Each is printed with its centre, area, hydraulic
    diameter and normal into the fluid, the largest first. On a terminal the command asks which are inlets; elsewhere give
    --inlet. The case has a prim with a cap for each opening, and is run by [bold]sparselbm run[/bold].

    Examples:

    sparselbm caps vessel.stl --metres-per-unit 0.001 [dim]# lists the openings, and asks[/dim]

    sparselbm caps vessel.stl --metres-per-unit 0.001 --inlet 1 --flow-rate 5e-6

    sparselbm caps vessel.stl --inlet 1 --inlet 3 --outlet 2 --velocity 0.2 --output study.usda
    """
    if velocity is not None and flow_rate is not None:
        raise OptionError("--velocity and --flow-rate exclude each other: give one")
    vessel = Vessel.of(Scene.open(surface, metres_per_unit=metres_per_unit))
    if len(vessel.caps) < 2:
        raise OptionError(
            f"{surface} has {len(vessel.caps)} openings, open rims or flat ends, but a flow needs an inlet and an outlet: cut "
            "the surface open where fluid enters and leaves"
        )
    vessel.show()
    if not inlet and sys.stdin.isatty():
        out.print("Numbers of the inlets and of the outlets, separated by commas; no outlets: all others", highlight=False)
        inlet, outlet = _numbers(typer.prompt("inlets")), _numbers(typer.prompt("outlets", default="", show_default=False))
    if not inlet:
        raise OptionError(f"no inlet is given: choose among the openings {', '.join(vessel.caps)} by --inlet N")
    inlets, outlets = vessel.chosen(inlet, outlet or ())
    speed = 1.0 if velocity is None else velocity
    condition: dict[str, Any] = {"velocity": speed} if flow_rate is None else {"flow_rate": flow_rate}
    vessel.write(
        output, {name: CaseOpening(kind="inlet", **condition) for name in inlets}, outlets, overwrite=overwrite
    )


def _numbers(text: str) -> list[int]:
    try:
        return [int(each) for each in text.replace(",", " ").split()]
    except ValueError:
        raise OptionError(f"{text!r}: give whole numbers separated by commas, such as 1,3") from None

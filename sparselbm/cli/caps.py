"""`sparselbm caps`: finds the openings of a vessel's surface and writes a case with their caps."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..case import CaseOpening, SceneFile
from ..case.vessel_file import write_vessel_case
from ..errors import OptionError
from ..geometry import SurfaceQuery, inspect_mesh
from ..geometry.cap import Cap
from ..geometry.closing import closed, joined
from ..geometry.find_caps import find_caps
from ..scene.usd import Scene
from . import options as o
from .settings import setting
from .show import err, facts, out, show_doubts

_HOLE = 0.01
"""Area of an opening relative to the largest one below which it may be a hole."""

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
Overwrite = Annotated[bool, o.option("--overwrite", "Replace an existing case with that name.", rich_help_panel="Output")]


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
    scene = Scene.open(surface, metres_per_unit=metres_per_unit)
    mesh = scene.body("/").mesh
    found = {str(number): cap for number, cap in enumerate(find_caps(mesh), start=1)}
    if len(found) < 2:
        raise OptionError(
            f"{surface} has {len(found)} openings, open rims or flat ends, but a flow needs an inlet and an outlet: cut the "
            "surface open where fluid enters and leaves"
        )
    query = SurfaceQuery(closed(mesh, found, str(surface)), device="cpu")
    measured = {name: Cap.of(cap, query, f"opening {name}") for name, cap in found.items()}
    show_doubts([*map(str, scene.report.doubtful), *_holes(measured)])
    facts(f"{surface}: {len(found)} openings", {f"opening {name}": _text(cap) for name, cap in measured.items()})
    inlets, outlets = _chosen(list(found), inlet, outlet)
    speed = 1.0 if velocity is None else velocity
    condition: dict[str, Any] = {"velocity": speed} if flow_rate is None else {"flow_rate": flow_rate}
    openings = {
        **{f"Opening{name}": CaseOpening(kind="inlet", **condition) for name in inlets},
        **{f"Opening{name}": CaseOpening(kind="outlet") for name in outlets},
    }
    file = output or surface.with_name(f"{surface.stem}_case.usda")
    left = [cap for name, cap in found.items() if f"Opening{name}" not in openings]
    wall = joined([mesh, *left]) if inspect_mesh(mesh, str(surface)).open_edges else mesh
    geometry = write_vessel_case(
        file, wall, {name: found[name.removeprefix("Opening")] for name in openings}, openings,
        metres_per_unit=scene.metres_per_unit, up_axis=scene.up_axis, overwrite=overwrite,
    )
    facts("", {
        "inlets": ", ".join(inlets), "outlets": ", ".join(outlets), "geometry": str(geometry),
        "case": f"{file} (run it, or edit it)",
    })


def _text(cap: Cap) -> str:
    centre, normal = (", ".join(f"{x + 0.0:.4g}" for x in each.round(9)) for each in (cap.mesh.centroid, cap.normal))
    size = f"area {cap.area:.4g} m^2, {cap.hydraulic_diameter:.4g} m across"
    return f"centre ({centre}) m, {size}, normal into the fluid ({normal})"


def _holes(found: dict[str, Cap]) -> list[str]:
    largest = max(cap.area for cap in found.values())
    return [
        f"opening {name} has an area of {cap.area:.3g} m^2, below {_HOLE:.0%} of the largest: it may be a hole; close it in the "
        "file"
        for name, cap in found.items() if cap.area < _HOLE * largest
    ]


def _chosen(names: list[str], inlet: list[int] | None, outlet: list[int] | None) -> tuple[list[str], list[str]]:
    """Numbers of the inlets and of the outlets, from the options or asked for on a terminal. Raises OptionError."""
    if not inlet and sys.stdin.isatty():
        out.print("Numbers of the inlets and of the outlets, separated by commas; no outlets: all others", highlight=False)
        inlet, outlet = _numbers(typer.prompt("inlets")), _numbers(typer.prompt("outlets", default="", show_default=False))
    if not inlet:
        raise OptionError(f"no inlet is given: choose among the openings {', '.join(names)} by --inlet N")
    inlets = [str(each) for each in inlet]
    if not outlet and len(inlets) > 1:
        raise OptionError(f"{len(inlets)} inlets are given, and the others may be outlets or walls: name outlets by --outlet N")
    outlets = [str(each) for each in outlet or ()] or [name for name in names if name not in inlets]
    for each in (*inlets, *outlets):
        if each not in names:
            raise OptionError(f"there is no opening {each}: choose among {', '.join(names)}")
        if each in inlets and each in outlets:
            raise OptionError(f"opening {each} is given as inlet and as outlet: keep one")
    left = [name for name in names if name not in (*inlets, *outlets)]
    if left:
        err.print(f"openings {', '.join(left)} are closed by walls", highlight=False)
    return inlets, outlets


def _numbers(text: str) -> list[int]:
    try:
        return [int(each) for each in text.replace(",", " ").split()]
    except ValueError:
        raise OptionError(f"{text!r}: give whole numbers separated by commas, such as 1,3") from None

"""`sparselbm bench`: speed of the solver relative to a memory copy."""

import json
from typing import TYPE_CHECKING, Annotated

from rich.table import Table

from ..errors import OptionError
from . import options as o
from .exits import running
from .show import err, out

if TYPE_CHECKING:
    from ..bench import BenchReport, GradientFigure

Size = Annotated[int, o.option("--size", "Number of cells along each edge of the periodic box.")]

Collision = Annotated[
    list[str] | None,
    o.option("--collision", "Measure collision models instead: all, or a name such as cumulant_27; can be repeated."),
]

Gradient = Annotated[bool, o.option("--gradient", "Measure the cost of gradients instead, relative to a run of the flow.")]


def bench(
    size: Size = 128, collision: Collision = None, gradient: Gradient = False, device: o.Device = None,
    json_file: o.JsonFile = None,
) -> None:
    """Measure the speed of a step (with walls, in pipes, of the adjoint) relative to a memory copy measured at the same time.

    Examples:

    sparselbm bench

    sparselbm bench --size 64 --device cpu --json bench.json

    sparselbm bench --collision all

    sparselbm bench --gradient
    """
    from ..bench import collision_names

    if size < 16 or size % 8:
        raise OptionError(f"--size {size}: must be a multiple of 8 and at least 16; 128 exceeds the caches of a CPU")
    asked, known = tuple(collision or ()), ("all", *collision_names())
    if not set(asked) <= set(known):
        raise OptionError(f"--collision {', '.join(asked)}: allowed are {', '.join(known)}")
    if asked and gradient:
        raise OptionError("--collision and --gradient exclude each other: give one")
    place = o.device_of(device)
    if gradient:
        found = _gradient_figures(size, place)
    else:
        report = _report(size, place, asked)
        found = report.to_json()
        out.print(_table(report, f"{size}^3 on {place}; memory copy {report.copy_gbs:.1f} GB/s"))
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=2) + "\n")


def _report(size: int, place: str, asked: tuple[str, ...]) -> "BenchReport":
    from ..bench import run_bench

    with running():
        return run_bench(
            place, size=size, collisions=asked,
            on_row=lambda row: err.print(f"{row.name}: {row.mlups:.1f} MLUPS", highlight=False),
        )


def _gradient_figures(size: int, place: str) -> dict:
    from ..bench import gradient_figures

    def say(figure: "GradientFigure") -> None:
        verdict = "satisfied" if figure.met else "exceeded"
        out.print(
            f"{figure.name:32s} {figure.value:5.2f}  limit {figure.limit:.1f} {verdict:9s}  {figure.note}",
            highlight=False, markup=False,
        )

    with running():
        return {"figures": [figure.to_json() for figure in gradient_figures(place, size=size, on_figure=say)]}


def _table(report: "BenchReport", title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("", "MLUPS", "share of copy", "bytes per cell", "reference", "", "target"):
        table.add_column(name, justify="left" if name in ("", "reference") else "right")
    for row in report.rows:
        verdict = "reached" if row.met else "missed"
        target = "" if row.target is None else f"{row.target:.2f} {verdict}"
        table.add_row(
            row.name, f"{row.mlups:.1f}", f"{row.share_of_copy:.1%}", f"{row.bytes_per_cell:.0f}",
            row.reference, f"{row.relative:.2f}", target,
        )
    return table

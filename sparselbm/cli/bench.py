"""`sparselbm bench`: speed of the solver relative to a memory copy, and registers of its CUDA kernels."""

import json
from typing import TYPE_CHECKING, Annotated

from rich.table import Table

from ..errors import OptionError
from . import options as o
from .exits import running
from .show import err, out

if TYPE_CHECKING:
    from ..bench import BenchReport, GradientFigure, RegisterReport, RegisterUse

Size = Annotated[int, o.option("--size", "Number of cells along each edge of the periodic box.")]

Collision = Annotated[
    list[str] | None,
    o.option("--collision", "Measure collision models instead: all, or a name such as cumulant_27; can be repeated."),
]

Gradient = Annotated[bool, o.flag("--gradient", "Measure the cost of gradients instead, relative to a run of the flow.")]

Registers = Annotated[
    bool, o.option("--registers", "Report registers and spills of the CUDA kernels instead, which needs ptxas but no GPU.")
]


def bench(
    size: Size = 128, collision: Collision = None, gradient: Gradient = False, registers: Registers = False,
    device: o.Device = None, json_file: o.JsonFile = None,
) -> None:
    """Measure the speed of a step (with walls, in pipes, of the adjoint) relative to a memory copy measured at the same time.

    Examples:

    sparselbm bench

    sparselbm bench --size 64 --device cpu --json bench.json

    sparselbm bench --collision all

    sparselbm bench --gradient

    sparselbm bench --registers --json registers.json
    """
    from ..bench import collision_names
    from ..layout import EDGE

    if size < 16 or size % EDGE:
        raise OptionError(f"--size {size}: must be a multiple of {EDGE} and at least 16; 128 exceeds the caches of a CPU")
    asked, known = tuple(collision or ()), ("all", *collision_names())
    if not set(asked) <= set(known):
        raise OptionError(f"--collision {', '.join(asked)}: allowed are {', '.join(known)}")
    chosen = [name for name, given in (("--collision", asked), ("--gradient", gradient), ("--registers", registers)) if given]
    if len(chosen) > 1:
        raise OptionError(f"{' and '.join(chosen)} exclude each other: give one")
    place = o.device_of(device)
    if registers:
        found = _register_report().to_json()
    elif gradient:
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


def _register_report() -> "RegisterReport":
    from ..bench.registers import find_ptxas, register_report

    find_ptxas()  # Raises before the run begins.

    def progress(row: "RegisterUse") -> None:
        err.print(f"{row.kernel}, {row.precision}, {row.architecture}: {row.registers} registers", highlight=False)

    with running():
        report = register_report(on_row=progress)
    table = Table(title=f"per thread; Warp {report.warp}, ptxas {report.ptxas}", title_justify="left")
    for name in ("", "", "", "registers", "spill stores [B]", "spill loads [B]", "stack [B]"):
        table.add_column(name, justify="right" if name else "left")
    for row in report.rows:
        numbers = (row.registers, row.spill_stores, row.spill_loads, row.stack)
        table.add_row(row.kernel, row.precision, row.architecture, *map(str, numbers))
    out.print(table)
    return report


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

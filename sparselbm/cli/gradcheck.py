"""`sparselbm gradcheck`: tests of the gradient of a user's own case."""

import json
import math
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.table import Table

from ..adjoint import Steady
from ..case import CaseDesign, CaseObjective, CaseStudy
from ..design.gradcheck import Check, Gradcheck, GradcheckReport
from ..design.gradcheck.plot import plot
from ..files.write import claim_folder, no_empty_folders
from ..results.run_record import setup_record
from . import options as o
from .carry_out import quantity
from .exits import FAILED, running
from .overrides import Overrides, output_of
from .settings import FLOW, takes_case
from .show import ProgressBar, announce, err, out

_OWNED = ("gradcheck.json", "gradcheck.png")

Steps = Annotated[int, o.option("--steps", "Steps of the exact run for the Taylor and dot-product tests; 0 skips both.")]
Directions = Annotated[
    int,
    o.option(
        "--directions", "Random directions for finite differences, in addition to the steepest; 0 skips the differences."
    ),
]
Samples = Annotated[int, o.option("--samples", "Number of designs in the trend test, at least 5; 0 skips it.")]
Cells = Annotated[float, o.option("--cells", "Length of the sweep along the gradient in the trend test.", metavar="CELLS")]
Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE_gradcheck")]
FlowTolerance = Annotated[
    float,
    o.option(
        "--flow-tolerance",
        "Convergence tolerance of the flows that are compared, in place of the case's `tolerance`: relative change of the "
        "objective over an eighth of a flow-through time.",
    ),
]


@takes_case(*FLOW, CaseDesign, CaseObjective, leave_out=("tolerance", "iterations", "seconds", "grid_check", "cross_check"))
def gradcheck(
    options: Overrides, steps: Steps = 40, directions: Directions = 2, samples: Samples = 9, cells: Cells = 4.0,
    flow_tolerance: FlowTolerance = 1e-4, device: o.Device = None, output: Output = None, overwrite: o.Overwrite = False,
) -> None:
    """Test the gradient that [bold]optimize[/bold] uses, on the same case; the exit code is 1 if a test fails.

    [bold]Taylor[/bold]: the remainder of the linear approximation is of second order. [bold]Dot product[/bold]: the adjoint of a
    step is its transpose. [bold]Differences[/bold]: finite differences of converged flows along the gradient and random
    directions. [bold]Trend[/bold]: over a sweep of several cells the gradient is the slope of a cubic through the objective.
    The results are gradcheck.json and gradcheck.png.

    Examples:

    sparselbm gradcheck scene.usda --obstacle /World/Body --reynolds 80

    sparselbm gradcheck scene_case.usda [dim]# a case written by init[/dim]

    sparselbm gradcheck scene.usda --directions 0 --samples 0 [dim]# Taylor and dot product only: seconds[/dim]

    sparselbm gradcheck scene.usda --ffd 5,3,4 --samples 13 --cells 6 --output out
    """
    option = Gradcheck(steps=steps, directions=directions, samples=samples, cells=cells)
    case, place = options.case(), o.device_of(device)
    case = replace(case, solver=replace(case.solver, tolerance=flow_tolerance))
    setup = case.setup(options.scene(case), place)
    method = Steady(tolerance=0.01, flow_tolerance=math.inf)
    problem = replace(CaseStudy.of(case, setup, constrained=False).problem, method=method)
    folder = output_of(output, case, "_gradcheck")
    with no_empty_folders(folder):
        claim_folder(folder, overwrite=overwrite, owned=_OWNED)
        announce(setup)
        began = perf_counter()
        with running():
            with ProgressBar(setup, quantity=quantity(problem)) as work:
                problem.on_progress = work.step
                report = option.run(problem, _print_check)
            run = {**options.origin(case), **setup_record(setup), "wall_time": round(perf_counter() - began, 3)}
            found = {**report.to_json(), "doubts": list(setup.doubts), "run": run}
            (folder / "gradcheck.json").write_text(json.dumps(found, indent=2) + "\n")
            plot(folder / "gradcheck.png", report)
    out.print(_table(report))
    out.print(f"results  {folder}", highlight=False)
    if not report.passed:
        raise typer.Exit(FAILED)


def _print_check(check: Check) -> None:
    err.print(f"{check.name}: {_number(check.value)}", highlight=False)


def _table(report: GradcheckReport) -> Table:
    table = Table(title="Gradient check", title_justify="left")
    for name in ("test", "measured", "limits", "", "how"):
        table.add_column(name, justify="right" if name in ("measured", "limits") else "left")
    for check in report.checks:
        limits = f"{_number(check.low)} to {_number(check.high)}"
        table.add_row(check.name, _number(check.value), limits, "passed" if check.passed else "FAILED", check.remark)
    return table


def _number(value: float) -> str:
    return f"{value:.3g}" if value == 0.0 or abs(value) >= 1e-3 else f"{value:.1e}"

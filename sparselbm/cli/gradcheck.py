"""`sparselbm gradcheck`: whether the gradient of a user's own case can be trusted."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ..adjoint import Steady
from ..case import CaseStudy
from ..design import DragProblem
from ..design.gradcheck import Check, DragGradcheck, GradcheckReport
from ..design.gradcheck.plot import plot
from ..files.write import claim_folder, no_empty_folders
from . import options as o
from .exits import FAILED, running
from .given import case_of, output_of
from .show import ProgressBar, announce, err, out

_OWNED = ("gradcheck.json", "gradcheck.png")

Steps = Annotated[int, o.option("--steps", "Steps of the exact run for Taylor and dot product; 0 leaves both out.")]
Directions = Annotated[
    int, o.option("--directions", "Random directions for finite differences, beside the steepest; 0 leaves all out.")
]
Samples = Annotated[int, o.option("--samples", "Designs of the trend test, at least 5; 0 leaves it out.")]
Cells = Annotated[float, o.option("--cells", "Length of the trend's sweep along the gradient.", metavar="CELLS")]
Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE_gradcheck")]
Tolerance = Annotated[
    float,
    o.option(
        "--tolerance",
        "A flow is at rest when the drag changes by less than this share over an eighth of a crossing of the tunnel.",
    ),
]


def gradcheck(
    context: typer.Context, scene: o.CaseFile, obstacle: o.ObstaclePath = None, without: o.Without = None,
    metres_per_unit: o.MetresPerUnit = None,
    voxel_size: o.VoxelSize = None, reynolds: o.Reynolds = None, velocity: o.Velocity = None, density: o.Density = None,
    flow_axis: o.FlowAxis = None, box: o.Box = None, lattice_velocity: o.LatticeVelocity = None,
    collision: o.CollisionModel = None, lattice: o.LatticeModel = None, ffd: o.Ffd = None,
    limit: o.Limit = None, rigid: o.RigidFlag = False, vertices: o.Vertices = None,
    steps: Steps = 40, directions: Directions = 2, samples: Samples = 9, cells: Cells = 4.0,
    tolerance: Tolerance = 1e-4, settle_steps: o.SettleSteps = None, device: o.Device = None, output: Output = None,
    overwrite: o.Overwrite = False, variant: o.Variant = None, time: o.Time = None, levels: o.Levels = None,
    confine: o.Confine = False, partial: o.Partial = False,
) -> None:  # fmt: skip
    """Test the gradient that [bold]optimize[/bold] would follow, on the same case: exit code 1 when a test fails.

    [bold]Taylor[/bold]: what the gradient leaves over is of second order. [bold]Dot product[/bold]: a step back is the
    transpose of a step. [bold]Differences[/bold]: of the drag of flows at rest, along the gradient and random directions.
    [bold]Trend[/bold]: over a sweep of several cells the gradient is the slope of a cubic through the drag. The folder then
    holds gradcheck.json and gradcheck.png.

    Examples:

    sparselbm gradcheck scene.usda --obstacle /World/Body --reynolds 80

    sparselbm gradcheck scene_case.usda [dim]# a case that init wrote[/dim]

    sparselbm gradcheck scene.usda --directions 0 --samples 0 [dim]# seconds: Taylor and dot product alone[/dim]

    sparselbm gradcheck scene.usda --ffd 5,3,4 --samples 13 --cells 6 --output out
    """
    option = DragGradcheck(steps=steps, directions=directions, samples=samples, cells=cells)
    case, place = case_of(context.params), o.device_of(device)
    plan = case.tunnel_plan(case.read_scene(confine=confine, partial=partial), place)
    gradient = Steady(tolerance=0.01, flow_tolerance=math.inf)
    study = replace(CaseStudy.of(case, plan).study, constraints=(), gradient=gradient)
    problem = DragProblem(study, plan, place)
    folder = output_of(output, case, "_gradcheck")
    with no_empty_folders(folder):
        claim_folder(folder, overwrite=overwrite, owned=_OWNED)
        announce(plan, place)
        with running():
            with ProgressBar(plan) as work:
                problem.on_progress = work.step
                report = option.run(problem, _told)
            (folder / "gradcheck.json").write_text(json.dumps(report.to_json(), indent=2) + "\n")
            plot(folder / "gradcheck.png", report)
    out.print(_table(report))
    out.print(f"results  {folder}", highlight=False)
    if not report.passed:
        raise typer.Exit(FAILED)


def _told(check: Check) -> None:
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

"""`sparselbm run`: the flow around an obstacle, and its drag; of all variants of it, if asked for."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ..flow import TunnelFlow
from ..io.files import replace_file
from ..restart import Restart
from ..results import StudyFolder
from ..settle import Settle
from ..tunnel import TunnelPlan
from ..usd import variants_of
from . import options as o
from .drawings import Draw, drawings_of
from .exits import running
from .given import case_of, output_of
from .show import Work, announce, err, facts

Sweep = Annotated[
    str | None,
    o.option(
        "--sweep-variants", "Run every variant of a set, each in a folder of its name.", metavar="/PRIM:SET"
    ),
]

RestartFrom = Annotated[
    Path | None,
    o.option("--restart", "Begin with velocity.nvdb and pressure.nvdb of a folder, of other voxels too.", metavar="FOLDER"),
]


def run(
    context: typer.Context, scene: o.CaseFile, obstacle: o.ObstaclePath = None, without: o.Without = None,
    voxel_size: o.VoxelSize = None, reynolds: o.Reynolds = None, velocity: o.Velocity = None, density: o.Density = None,
    flow_axis: o.FlowAxis = None, box: o.Box = None, lattice_velocity: o.LatticeVelocity = None, tolerance: o.Tolerance = None,
    settle_steps: o.SettleSteps = None, device: o.Device = None, output: o.Output = None,
    restart: RestartFrom = None,
    overwrite: o.Overwrite = False, variant: o.Variant = None, sweep_variants: Sweep = None, time: o.Time = None,
    levels: o.Levels = None, confine: o.Confine = False, partial: o.Partial = False, draw: Draw = None,
) -> None:  # fmt: skip
    """Bring the flow around an obstacle to rest in time; print drag coefficient and force; write the results stage.

    The folder then holds NAME_results.usda (open it in usdview, Blender, Omniverse) with pressure and shear on the body,
    a slice, streamlines, vortices (Q criterion), tracers and volumes; fields.vdb, velocity.nvdb, pressure.nvdb, slice.png
    and summary.json.

    Examples:

    sparselbm run scene.usda --reynolds 100

    sparselbm run scene_case.usda [dim]# a case that init wrote: all is in it[/dim]

    sparselbm run scene.usda --obstacle /World/Body --voxel-size 0.02 --velocity 30 --density 1.2 --output out

    sparselbm run car.usda --variant /Car:wheels=wide --sweep-variants /Car:slant [dim]# a table of drag[/dim]
    """
    place, drawn = o.device_of(device), drawings_of(draw)
    start = None if restart is None else Restart.read(restart)  # Before a folder is emptied, which may be the same.
    case = case_of(context.params)
    choices = variants_of(case.file, sweep_variants, case.scene.variants) if sweep_variants else ("",)
    jobs = {}
    for choice in choices:
        chosen = case_of(context.params, f"{sweep_variants}={choice}") if choice else case
        read = chosen.read_scene(confine=confine, partial=partial)
        plan = chosen.plan(read, place)
        jobs[choice] = read, plan, chosen.settle(plan)
    whole = output_of(output, case)
    folders = {
        choice: StudyFolder(whole / choice, read, plan, overwrite=overwrite, draw=drawn)
        for choice, (read, plan, _) in jobs.items()
    }
    found = {choice: _run(folders[choice], plan, settle, place, start) for choice, (_, plan, settle) in jobs.items()}
    if sweep_variants:
        _tabulate(sweep_variants, found, whole)


def _run(folder: StudyFolder, plan: TunnelPlan, settle: Settle, device: str, start: Restart | None) -> dict:
    """One flow, from rest, or from another one, to its summary."""
    flow = TunnelFlow(plan, settle, device)
    if start is not None:
        start.begin(flow.simulation, plan.units)
    announce(plan, device)
    with running():
        with Work(plan) as work:
            flow.on_progress = work.step
            drag = flow.drag()
        summary = folder.finish_run(flow, drag)
    if not summary["converged"]:
        err.print(
            f"Warning: after {summary['steps']} steps the drag still changes by more than {settle.tolerance:.1e} of itself: "
            "allow more --settle-steps, or the flow is not steady", style="yellow", highlight=False,
        )  # fmt: skip
    facts("", {
        "drag coefficient": f"{drag:.4f}", "force along the flow": f"{summary['drag_force']:.5g} N",
        "steps": f"{summary['steps']}", "results": f"{folder.stage.path}",
    })  # fmt: skip
    return summary


def _tabulate(name: str, found: dict[str, dict], folder: Path) -> None:
    """Drag by variant, on the terminal and as sweep.json. Coefficients go by each variant's own silhouette, so compare forces."""
    with replace_file(folder / "sweep.json") as path:
        path.write_text(json.dumps({"variants": name, "choices": found}, indent=2) + "\n")
    facts(f"\nDrag by {name}", {
        choice: f"C_d {summary['drag_coefficient']:.4f}, force {summary['drag_force']:.5g} N, "
        f"silhouette {summary['frontal_area']:.4g} m^2"
        for choice, summary in found.items()
    })  # fmt: skip

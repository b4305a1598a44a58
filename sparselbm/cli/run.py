"""`sparselbm run`: the flow around an obstacle and its drag, or inside a surface; of all variants of it, if asked for."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ..files.write import no_empty_folders, replace_file
from ..observe import Restart
from ..scene.usd import variants_of
from . import options as o
from .drawings import Draw, drawings_of
from .given import case_of, output_of
from .job_of import job_of
from .jobs import Job
from .one_box import box_of, fluids_of, in_one_box
from .show import err, facts

Sweep = Annotated[
    str | None,
    o.option(
        "--sweep-variants",
        "Run every variant of a set, each in a folder of its name, all in one box, which holds that of each.",
        metavar="/PRIM:SET",
    ),
]

Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE")]

RestartFrom = Annotated[
    Path | None,
    o.option("--restart", "Begin with velocity.nvdb and pressure.nvdb of a folder, of other voxels too.", metavar="FOLDER"),
]


def run(
    context: typer.Context, scene: o.CaseFile, obstacle: o.ObstaclePath = None, without: o.Without = None,
    metres_per_unit: o.MetresPerUnit = None,
    voxel_size: o.VoxelSize = None, reynolds: o.Reynolds = None, velocity: o.Velocity = None, density: o.Density = None,
    flow_axis: o.FlowAxis = None, box: o.Box = None, lattice_velocity: o.LatticeVelocity = None,
    wall: o.Wall = None, collision: o.CollisionModel = None, lattice: o.LatticeModel = None, tolerance: o.Tolerance = None,
    settle_steps: o.SettleSteps = None, device: o.Device = None, output: Output = None,
    restart: RestartFrom = None,
    overwrite: o.Overwrite = False, variant: o.Variant = None, sweep_variants: Sweep = None, time: o.Time = None,
    levels: o.Levels = None, confine: o.Confine = False, partial: o.Partial = False, draw: Draw = None,
) -> None:  # fmt: skip
    """Bring the flow around an obstacle to rest in time; print drag coefficient and force; write the results stage.

    Of a case whose surface has the role inside: flow rate and pressure at each opening, wall shear, mass balance.

    The folder then holds NAME_results.usda (open it in usdview, Blender, Omniverse) with pressure and shear on the body,
    a slice, streamlines, tracers and volumes, and with vortices (Q criterion) or glyphs where --draw names them; fields.vdb,
    velocity.nvdb, pressure.nvdb, slice.png and summary.json.

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
    cases = [case_of(context.params, f"{sweep_variants}={choice}") if choice else case for choice in choices]
    scenes = [each.read_scene(confine=confine, partial=partial) for each in cases]
    plans = in_one_box([each.plan(read, place) for each, read in zip(cases, scenes)], place)
    jobs = {
        choice: (read, job_of(plan), each.steady_run(plan))
        for choice, each, read, plan in zip(choices, cases, scenes, plans)
    }
    whole = output_of(output, case)
    with no_empty_folders(*(whole / choice for choice in jobs)):
        for choice, (read, job, _) in jobs.items():
            job.claim(read, whole / choice, overwrite=overwrite, draw=drawn)
        found = {choice: job.run(steady_run, place, start) for choice, (_, job, steady_run) in jobs.items()}
    if sweep_variants:
        told = {choice: (job, found[choice]) for choice, (_, job, _) in jobs.items()}
        _tabulate(sweep_variants, box_of(plans[0]), told, whole)
        if doubt := fluids_of(plans):
            err.print(doubt, style="yellow", highlight=False)


def _tabulate(name: str, box: str, found: dict[str, tuple[Job, dict]], folder: Path) -> None:
    """What was found by variant, on the terminal and as sweep.json."""
    with replace_file(folder / "sweep.json") as path:
        choices = {choice: summary for choice, (_, summary) in found.items()}
        path.write_text(json.dumps({"variants": name, "box": box, "choices": choices}, indent=2) + "\n")
    facts(f"\nBy {name}{box and f', {box}'}", {choice: job.line(summary) for choice, (job, summary) in found.items()})

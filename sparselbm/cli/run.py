"""`sparselbm run`: steady flow around an obstacle or in a fluid volume, for all variants of a prim if requested."""

import json
from pathlib import Path
from typing import Annotated

from ..files.write import no_empty_folders, replace_file
from ..observe import Restart
from ..scene.usd import variants_of
from . import options as o
from .drawings import Draw, drawings_of
from .job_of import job_of
from .jobs import Job
from .one_box import box_of, fluids_of, in_one_box
from .overrides import Overrides, output_of
from .settings import FLOW, takes_case
from .show import err, facts

Sweep = Annotated[
    str | None,
    o.option(
        "--sweep-variants",
        "Run every variant of a set, each in a folder with its name, all in the same box, which contains the box of each.",
        metavar="/PRIM:SET",
    ),
]

Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE")]

RestartFrom = Annotated[
    Path | None,
    o.option(
        "--restart", "Start from velocity.nvdb and pressure.nvdb in a folder of results; the cell size may differ.",
        metavar="FOLDER",
    ),
]


@takes_case(*FLOW)
def run(
    options: Overrides, sweep_variants: Sweep = None, restart: RestartFrom = None, device: o.Device = None, output: Output = None,
    overwrite: o.Overwrite = False, draw: Draw = None,
) -> None:
    """Run the flow around an obstacle to steady state; print its drag coefficient and force; write the results stage.

    For a case with a fluid volume: flow rate and pressure at each opening, wall shear stress and mass balance.

    The folder of results contains NAME_results.usda (for usdview, Blender or Omniverse) with pressure and wall shear stress on
    the body, a slice, streamlines, tracers and volumes, and with vortices (Q criterion) or glyphs if --draw requests them;
    fields.vdb, velocity.nvdb, pressure.nvdb, slice.png and summary.json.

    Examples:

    sparselbm run scene.usda --reynolds 100

    sparselbm run scene_case.usda [dim]# a case written by init[/dim]

    sparselbm run scene.usda --collision "mine.py:MyBGK(rate=1.1)" [dim]# a collision model of your own[/dim]

    sparselbm run scene.usda --obstacle /World/Body --voxel-size 0.02 --velocity 30 --density 1.2 --output out

    sparselbm run car.usda --variant /Car:wheels=wide --sweep-variants /Car:slant [dim]# drag of each variant[/dim]
    """
    place, drawn = o.device_of(device), drawings_of(draw)
    start = None if restart is None else Restart.read(restart)  # Before its folder is emptied by --overwrite.
    case = options.case()
    choices = variants_of(case.file, sweep_variants, case.scene.variants) if sweep_variants else ("",)
    cases = [options.case(f"{sweep_variants}={choice}") if choice else case for choice in choices]
    scenes = [options.scene(each) for each in cases]
    setups = in_one_box([each.setup(read, place) for each, read in zip(cases, scenes)])
    jobs = {
        choice: (read, job_of(setup), each.steady_run(setup), each.user_objective)
        for choice, each, read, setup in zip(choices, cases, scenes, setups)
    }
    whole = output_of(output, case)
    with no_empty_folders(*(whole / choice for choice in jobs)):
        for choice, (read, job, *_) in jobs.items():
            job.claim(read, whole / choice, overwrite=overwrite, draw=drawn)
        found = {choice: job.run(steady_run, start, objective) for choice, (_, job, steady_run, objective) in jobs.items()}
    if sweep_variants:
        rows = {choice: (job, found[choice]) for choice, (_, job, *_) in jobs.items()}
        _tabulate(sweep_variants, box_of(setups[0]), rows, whole)
        if doubt := fluids_of(setups):
            err.print(doubt, style="yellow", highlight=False)


def _tabulate(name: str, box: str, found: dict[str, tuple[Job, dict]], folder: Path) -> None:
    """Prints the results of each variant and writes them to sweep.json."""
    with replace_file(folder / "sweep.json") as path:
        choices = {choice: summary for choice, (_, summary) in found.items()}
        path.write_text(json.dumps({"variants": name, "box": box, "choices": choices}, indent=2) + "\n")
    facts(f"\nBy {name}{box and f', {box}'}", {choice: job.line(summary) for choice, (job, summary) in found.items()})

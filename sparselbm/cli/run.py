"""`sparselbm run`: flow around an obstacle or in a fluid volume, for all variants of a prim if requested."""

import json
from pathlib import Path

from ..files.write import no_empty_folders, replace_file
from . import options as o
from .drawings import Draw
from .jobs import Job
from .one_box import box_of, fluids_of
from .overrides import Overrides
from .plan import Output, Plan, RestartFrom, Sweep
from .settings import RUN, takes_case
from .show import facts, show_doubts


@takes_case(*RUN)
def run(
    options: Overrides, sweep_variants: Sweep = None, restart: RestartFrom = None, device: o.Device = None, output: Output = None,
    overwrite: o.Overwrite = False, draw: Draw = None,
) -> None:
    """Run the flow around an obstacle to steady state, or for a duration; print its drag coefficient and force; write the
    results stage.

    For a case with a fluid volume: flow rate and pressure at each opening, wall shear stress and mass balance. For a voxel image:
    permeability, with an estimate of its error. With
    [bold]--duration[/bold] the flow is recorded over time, and statistics are printed.

    The folder of results contains NAME_results.usda (for usdview, Blender or Omniverse) with pressure and wall shear stress on
    the body, a slice, streamlines, tracers and volumes, and with vortices (Q criterion) or glyphs if --draw requests them;
    fields.vdb, velocity.nvdb, pressure.nvdb, slice.png, summary.json, and all values over time, time_series.csv and history.png.

    Examples:

    sparselbm run scene.usda --reynolds 100

    sparselbm run scene_case.usda [dim]# a case written by init[/dim]

    sparselbm run scene.usda --collision "mine.py:MyBGK(rate=1.1)" [dim]# a collision model of your own[/dim]

    sparselbm run scene.usda --obstacle /World/Body --voxel-size 0.02 --velocity 30 --density 1.2 --output out

    sparselbm run rock.npy --voxel-size 5e-6 --pore 0 --axes xyz [dim]# permeability of a voxel image[/dim]

    sparselbm run scene.usda --duration 20 --output-every 0.1 --statistics-from 10 [dim]# unsteady flow, animated[/dim]

    sparselbm run car.usda --variant /Car:wheels=wide --sweep-variants /Car:slant [dim]# drag of each variant[/dim]
    """
    plan = Plan.of(
        options, sweep_variants=sweep_variants, restart=restart, device=device, output=output, draw=draw
    )
    with no_empty_folders(*(each.folder for each in plan.runs.values())):
        for each in plan.runs.values():
            each.job.claim(each.scene, each.folder, each.run, overwrite=overwrite, draw=plan.drawn, origin=each.origin)
        found = {choice: each.job.run(each.run, plan.start, each.objective) for choice, each in plan.runs.items()}
    if sweep_variants:
        setups = [each.setup for each in plan.runs.values()]
        rows = {choice: (each.job, found[choice]) for choice, each in plan.runs.items()}
        _tabulate(sweep_variants, box_of(setups[0]), rows, plan.folder)
        show_doubts(fluids_of(setups))


def _tabulate(name: str, box: str, found: dict[str, tuple[Job, dict]], folder: Path) -> None:
    """Prints the results of each variant and writes them to sweep.json."""
    with replace_file(folder / "sweep.json") as path:
        choices = {choice: summary for choice, (_, summary) in found.items()}
        path.write_text(json.dumps({"variants": name, "box": box, "choices": choices}, indent=2) + "\n")
    facts(f"\nBy {name}{box and f', {box}'}", {choice: job.line(summary) for choice, (job, summary) in found.items()})

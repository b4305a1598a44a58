"""`sparselbm run`: flow around an obstacle or in a fluid volume, or a sweep of such flows."""

from time import perf_counter

from ..files.restarts import restart_files
from ..files.write import no_empty_folders, require_free
from ..results.run_record import finished
from ..results.sweep_table import SweepTable, planned_runs
from . import options as o
from .drawings import Draw
from .one_box import box_of, fluids_of
from .overrides import Overrides
from .plan import Output, Plan, PlannedRun, RestartFrom
from .restarts import FOLDER, Resume, is_finished, restarts_of
from .settings import RUN, takes_case
from .show import duration, facts, out, show_doubts, show_next, show_settings
from .sole_run import sole_run
from .sweep import Sweep


@takes_case(*RUN)
def run(
    options: Overrides, sweep: Sweep = None, restart: RestartFrom = None, device: o.Device = None, output: Output = None,
    overwrite: o.Overwrite = False, resume: Resume = False, draw: Draw = None,
) -> None:
    """Run the flow around an obstacle to steady state, or for a duration; print its drag coefficient and force; write the
    results stage.

    For a case with a fluid volume: flow rate and pressure at each opening, wall shear stress and mass balance. For a voxel image:
    permeability, with an estimate of its error. With
    [bold]--duration[/bold] the flow is recorded over time, and statistics are printed.

    The folder of results contains NAME_results.usda (for usdview, Blender or Omniverse) with pressure and wall shear stress on
    the body, a slice, streamlines, tracers and volumes, and with vortices (Q criterion) or glyphs if --draw requests them;
    fields.vdb, velocity.nvdb, pressure.nvdb, slice.png, summary.json, and all values over time, time_series.csv and history.png.

    A restart file is written every ten minutes (--restart-every), and after Ctrl-C: the same command with --resume continues bit
    for bit.

    Examples:

    sparselbm run scene.usda --reynolds 100

    sparselbm run scene_case.usda [dim]# a case written by init[/dim]

    sparselbm run scene.usda --collision "mine.py:MyBGK(rate=1.1)" [dim]# a collision model of your own[/dim]

    sparselbm run scene.usda --obstacle /World/Body --voxel-size 0.02 --velocity 30 --density 1.2 --output out

    sparselbm run rock.npy --voxel-size 5e-6 --pore 0 --axes xyz [dim]# permeability of a voxel image[/dim]

    sparselbm run scene.usda --duration 20 --output-every 0.1 --statistics-from 10 [dim]# unsteady flow, animated[/dim]

    sparselbm run car.usda --variant /Car:wheels=wide --sweep /Car:slant [dim]# drag of each variant[/dim]

    sparselbm run wing.usda --sweep fluid:reynolds=50,100 --sweep /Wing.xformOp:rotateY=0,5,10
    """
    plan = Plan.of(options, sweep=sweep, restart=restart, device=device, output=output, draw=draw)
    if sweep:
        _sweep(plan, overwrite)
        return
    (each,) = plan.runs.values()
    if resume and is_finished(each.folder, each.origin):
        out.print(f"The run in {each.folder} is finished.", highlight=False, markup=False, soft_wrap=True)
        return
    with no_empty_folders(each.folder):
        began = perf_counter()
        found = _run(plan, each, overwrite, resume)
    total = perf_counter() - began
    flow = min(total, found["run"]["wall_time"])
    out.print(
        f"time spent: {duration(total)}, of which {duration(flow)} for the flow and {duration(total - flow)} for drawings and "
        "files", highlight=False, soft_wrap=True,
    )
    show_next(each.folder)


def _run(plan: Plan, each: PlannedRun, overwrite: bool, resume: bool) -> dict:
    """Runs one case, or continues it; returns its summary."""
    with sole_run(each.folder):
        return _run_alone(plan, each, overwrite, resume)


def _run_alone(plan: Plan, each: PlannedRun, overwrite: bool, resume: bool) -> dict:
    restarts = restarts_of(
        each.folder, each.case, each.scene, each.setup, each.origin, draw=each.drawn, resume=resume, overwrite=overwrite
    )
    each.job.claim(
        each.scene, each.folder, each.run, overwrite=overwrite, draw=each.drawn, origin=each.origin, resume=resume
    )
    show_settings(each.case)
    found = each.job.run(each.run, plan.start, each.objective, restarts)
    restarts.clear()
    return found


def _sweep(plan: Plan, overwrite: bool) -> None:
    """Runs all cases of a sweep but those that an earlier, interrupted sweep has finished, and tabulates the results."""
    setups, earlier = [each.setup for each in plan.runs.values()], planned_runs(plan.folder)
    first = next(iter(plan.runs.values()))
    table = SweepTable(
        plan.folder, box=box_of(setups[0]), plotted=first.job.plotted, title=f"{first.case.name}, sweep", labels=first.labels
    )
    for label, each in plan.runs.items():
        table.plan(label, each.swept)
        if not (overwrite or label in earlier):
            require_free(each.folder)
    lines = {}
    with no_empty_folders(*(each.folder for each in plan.runs.values())):
        table.write()
        for label, each in plan.runs.items():
            found = None if overwrite else finished(each.folder, each.origin)
            if found is None:
                out.print(f"\n{label}", style="bold", highlight=False, markup=False)
                interrupted = not overwrite and bool(restart_files(each.folder / FOLDER))
                found = _run(plan, each, overwrite or label in earlier, interrupted)
            else:
                out.print(f"{label}: already run, {each.folder}", highlight=False, markup=False)
            table.add(label, found)
            lines[label] = each.job.line(found)
    box = box_of(setups[0])
    window = {"values": table.window} if table.window else {}
    facts(f"\nSweep{box and f', {box}'}", {**lines, **window, "table": str(plan.folder / "sweep.csv")})
    show_doubts(fluids_of(setups))

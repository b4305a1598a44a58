"""`sparselbm inspect`: report of a scene and of the runs that it would give."""

import json
from collections.abc import Mapping
from typing import Any

from ..flows import InternalFlowSetup, RunEstimate, SteadyRun
from ..geometry import RepairReport, inspect_mesh
from ..geometry.cap import Cap
from ..geometry.surface_doubts import surface_doubts
from ..scene.usd import Scene
from . import options as o
from .drawings import Draw
from .exits import spoken
from .overrides import Overrides
from .plan import Output, Plan, PlannedRun, RestartFrom
from .settings import RUN, takes_case
from .show import err, facts, out, show_doubts
from .sweep import Sweep


@takes_case(*RUN)
def inspect(
    options: Overrides, sweep: Sweep = None, restart: RestartFrom = None, device: o.Device = None, output: Output = None,
    overwrite: o.Overwrite = False, draw: Draw = None, json_file: o.JsonFile = None,
) -> None:
    """Report what was read from a scene and what would be run: sizes, cells, memory, time step, duration, and every doubt.
    Nothing is run.

    All options of [bold]run[/bold] are accepted. For a scene with several bodies, select one with [bold]--obstacle[/bold] to see
    the tunnel around it.

    Examples:

    sparselbm inspect scene.usda --voxel-size 0.02

    sparselbm inspect scene_case.usda [dim]# a case written by init[/dim]

    sparselbm inspect scene.usda --obstacle /World/Body --reynolds 100 --json setup.json
    """
    case = options.case()
    read = options.scene(case)
    if case.obstacle or len(read.bodies) == 1:
        plan = Plan.of(
            options, sweep=sweep, restart=restart, device=device, output=output, draw=draw, read=read,
        )
        runs = {label: _run(each, overwrite) for label, each in plan.runs.items()}
        found = {"runs": runs} if sweep else runs[""]
    else:
        found = _scene(read, o.device_of(device))
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=2) + "\n")


def _run(planned: PlannedRun, overwrite: bool) -> dict[str, Any]:
    """Reports a scene and the run that it would give."""
    looks = [inspect_mesh(body.mesh, body.path) for body in planned.scene.bodies]
    _show_reading(planned.scene, looks, planned.setup.caps if isinstance(planned.setup, InternalFlowSetup) else {})
    estimate = planned.setup.estimate()
    numbers = {**planned.job.numbers(estimate), **_of_duration(planned, estimate)}
    planned.job.show(numbers)
    there = planned.folder.is_dir() and any(planned.folder.iterdir())
    state = "" if not there else " (will be replaced)" if overwrite else " (not empty: give --overwrite, or another --output)"
    facts("", {"results": f"{planned.folder}{state}"})
    return {**_reading(planned.scene, looks), **numbers}


def _of_duration(planned: PlannedRun, estimate: RunEstimate) -> dict[str, Any]:
    """Duration, steps, outputs and expected time of a run of a given duration; empty for one to steady state."""
    run = planned.run
    if isinstance(run, SteadyRun):
        return {}
    steps = run.steps(planned.setup.units)
    facts("\nTime", {
        "duration": f"{run.duration:.4g} s, {steps:,} steps", "statistics": f"from {run.statistics_begin:.4g} s",
        "outputs": "at the end" if run.output_every is None else f"{run.outputs:,}, every {run.output_every:.4g} s",
    })
    return {
        "duration": run.duration, "steps": steps, "outputs": run.outputs, "expected_run_seconds": estimate.seconds_of(steps)
    }


def _scene(read: Scene, device: str) -> dict[str, Any]:
    """Reports a scene of several bodies, none of which is selected."""
    looks = [inspect_mesh(body.mesh, body.path) for body in read.bodies]
    doubts = [*map(str, read.report.doubtful)]
    doubts += [doubt for body in read.bodies for doubt in surface_doubts(body.mesh, body.path, device=device)]
    _show_reading(read, looks, {})
    show_doubts(doubts)
    err.print(f"{len(read.bodies)} bodies: select one with --obstacle to see the tunnel around it", highlight=False)
    return {**_reading(read, looks), "doubts": doubts}


def _reading(scene: Scene, looks: list[RepairReport]) -> dict[str, Any]:
    report = scene.report
    return {
        "scene": str(scene.path), "up_axis": scene.up_axis, "metres_per_unit": scene.metres_per_unit,
        "prims": [
            {
                "path": used.path, "volume": used.volume, "area": used.area, "centre": list(used.centre),
                "bounds": body.mesh.bounds.tolist(), "points": len(body.mesh.points), "faces": len(body.mesh.faces),
                "watertight": look.watertight,
            }
            for body, look, used in zip(scene.bodies, looks, report.used)
        ],
        "skipped": [{"path": note.path, "reason": note.reason} for note in report.skipped],
    }


def _show_reading(scene: Scene, looks: list[RepairReport], caps: Mapping[str, Cap]) -> None:
    out.print(f"{scene.path}: up is {scene.up_axis}, a unit is {scene.metres_per_unit:g} m", highlight=False)
    for body, look in zip(scene.bodies, looks):
        low, high = body.mesh.bounds
        out.print(
            f"read      {body.path}: {' x '.join(f'{x:.4g}' for x in high - low)} m from "
            f"({', '.join(f'{x:.4g}' for x in low)})", highlight=False, markup=False,
        )
        for line in look.lines()[1:] if body.path not in caps else [f"  {caps[body.path]}"]:
            out.print(f"        {line}", highlight=False, markup=False)
    for note in scene.report.skipped:
        out.print(f"skipped   {spoken(str(note))}", highlight=False, markup=False)

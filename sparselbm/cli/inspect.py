"""`sparselbm inspect`: report of a scene and of the runs that it would give."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from ..flows import InternalFlowSetup, PorousMediumSetup, RunEstimate, SteadyRun, WindTunnelSetup
from ..geometry import RepairReport, inspect_mesh
from ..geometry.cap import Cap
from ..geometry.surface_doubts import surface_doubts
from ..scene.usd import Body, Scene
from . import options as o
from .drawings import Draw
from .exits import spoken
from .overrides import Overrides
from .plan import Output, Plan, PlannedRun, RestartFrom
from .settings import RUN, takes_case
from .show import err, facts, out, show_doubts, show_settings
from .sweep import Sweep

_MOST = 20
"""Largest number of bodies, and of skipped prims, that are listed one by one."""


@takes_case(*RUN)
def inspect(
    options: Overrides, sweep: Sweep = None, restart: RestartFrom = None, device: o.Device = None, output: Output = None,
    overwrite: o.Overwrite = False, draw: Draw = None, json_file: o.JsonFile = None,
) -> None:
    """Report what was read from a scene and what would be run: all settings that are not the default, sizes, cells, memory, time
    step, duration, and every doubt. Nothing is run.

    All options of [bold]run[/bold] are accepted. For a scene with several bodies, select one with [bold]--obstacle[/bold] to see
    the tunnel around it.

    Examples:

    sparselbm inspect scene.usda --voxel-size 0.02

    sparselbm inspect scene_case.usda [dim]# a case written by init[/dim]

    sparselbm inspect scene.usda --obstacle /World/Body --reynolds 100 --json setup.json
    """
    case = options.case()
    read = options.scene(case)
    if case.obstacle or case.opening or len(read.bodies) == 1:
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
    setup, scene = planned.setup, planned.scene
    names = setup.bodies if isinstance(setup, WindTunnelSetup) else {body.path for body in scene.bodies}
    seen = _Seen.of(scene, [body for body in scene.bodies if body.path in names and not isinstance(setup, PorousMediumSetup)])
    seen.show(setup.caps if isinstance(setup, InternalFlowSetup) else {})
    show_settings(planned.case)
    estimate = setup.estimate()
    numbers = {**planned.job.numbers(estimate), **_of_duration(planned, estimate)}
    planned.job.show(numbers)
    there = planned.folder.is_dir() and any(planned.folder.iterdir())
    state = "" if not there else " (will be replaced)" if overwrite else " (not empty: give --overwrite, or another --output)"
    facts("", {"results": f"{planned.folder}{state}"})
    return {**seen.to_json(), **numbers}


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
    seen, doubts = _Seen.of(read, read.bodies), [*map(str, read.report.doubtful)]
    doubts += [doubt for body in seen.examined for doubt in surface_doubts(body.mesh, body.path, device=device)]
    seen.show({})
    show_doubts(doubts)
    err.print(f"{len(read.bodies)} bodies: select one with --obstacle to see the tunnel around it", highlight=False)
    return {**seen.to_json(), "doubts": doubts}


@dataclass(frozen=True)
class _Seen:
    """Bodies of a scene, of which the first are examined and the others are counted."""

    scene: Scene
    bodies: Sequence[Body]
    looks: Sequence[RepairReport]
    """Reports on the first bodies."""

    @classmethod
    def of(cls, scene: Scene, bodies: Sequence[Body]) -> _Seen:
        return cls(scene, bodies, [inspect_mesh(body.mesh, body.path) for body in bodies[:_MOST]])

    @property
    def examined(self) -> Sequence[Body]:
        """Bodies that are examined."""
        return self.bodies[: len(self.looks)]

    def show(self, caps: Mapping[str, Cap]) -> None:
        """Prints what was read; `caps`: openings by the path of their body."""
        scene, more = self.scene, self.bodies[_MOST:]
        out.print(f"{scene.path}: up is {scene.up_axis}, a unit is {scene.metres_per_unit:g} m", highlight=False)
        for body, look in zip(self.bodies, self.looks):
            low, high = body.mesh.bounds
            _say(
                f"read      {body.path}: {' x '.join(f'{x:.4g}' for x in high - low)} m from "
                f"({', '.join(f'{x:.4g}' for x in low)})"
            )
            for line in look.lines()[1:] if body.path not in caps else [f"  {caps[body.path]}"]:
                _say(f"        {line}")
        if more:
            _say(f"read      {len(more):,} more bodies with {sum(len(body.mesh.faces) for body in more):,} faces")
        skipped = scene.report.skipped
        for note in skipped[:_MOST]:
            _say(f"skipped   {spoken(str(note))}")
        if len(skipped) > _MOST:
            _say(f"skipped   {len(skipped) - _MOST:,} more prims")

    def to_json(self) -> dict[str, Any]:
        """The same as plain values, all bodies included."""
        scene, used = self.scene, {each.path: each for each in self.scene.report.used}
        return {
            "scene": str(scene.path), "up_axis": scene.up_axis, "metres_per_unit": scene.metres_per_unit,
            "prims": [
                {
                    "path": body.path, "volume": used[body.path].volume, "area": used[body.path].area,
                    "centre": list(used[body.path].centre), "bounds": body.mesh.bounds.tolist(),
                    "points": len(body.mesh.points), "faces": len(body.mesh.faces),
                    **({"watertight": look.watertight} if look else {}),
                }
                for body, look in zip_longest(self.bodies, self.looks)
            ],
            "skipped": [{"path": note.path, "reason": note.reason} for note in scene.report.skipped],
        }


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False)

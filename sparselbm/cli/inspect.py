"""`sparselbm inspect`: what was read of a scene, and what would be run."""

import json

import numpy as np
import typer

from ..forecast import Forecast
from ..geometry import RepairReport, inspect_mesh
from ..machine import gibibytes
from ..tunnel import TunnelPlan
from ..usd import Note, Scene, surface_doubts
from . import options as o
from .given import case_of
from .show import duration, err, facts, out

_EVALUATIONS = 11
"""Of an optimisation of ten iterations."""


def inspect(
    context: typer.Context, scene: o.CaseFile, obstacle: o.ObstaclePath = None, without: o.Without = None,
    voxel_size: o.VoxelSize = None, reynolds: o.Reynolds = None, velocity: o.Velocity = None, density: o.Density = None,
    flow_axis: o.FlowAxis = None, box: o.Box = None, lattice_velocity: o.LatticeVelocity = None, device: o.Device = None,
    json_file: o.JsonFile = None, variant: o.Variant = None, time: o.Time = None, levels: o.Levels = None,
    confine: o.Confine = False, partial: o.Partial = False,
) -> None:  # fmt: skip
    """Say what was read of a scene, and what would be run: cells, memory, time step, duration. Nothing is run.

    Of a scene with several bodies the tunnel is shown when one is named by [bold]--obstacle[/bold].

    Examples:

    sparselbm inspect scene.usda --voxel-size 0.02

    sparselbm inspect scene_case.usda [dim]# a case that init wrote[/dim]

    sparselbm inspect scene.usda --obstacle /World/Body --reynolds 100 --json what.json
    """
    case, place = case_of(context.params), o.device_of(device)
    read = case.read_scene(confine=confine, partial=partial)
    plan = case.plan(read, place) if case.obstacle or len(read.bodies) == 1 else None
    looks, size = [inspect_mesh(body.mesh, body.path) for body in read.bodies], plan and plan.voxel_size
    doubts = [note for pair in zip(read.bodies, looks) for note in surface_doubts(*pair, size, device=place)]
    found = _reading(read, looks, doubts)
    _show_reading(read, looks, doubts)
    if plan is None:
        err.print(f"{len(read.bodies)} bodies: name one by --obstacle to see the tunnel around it", highlight=False)
    else:
        found |= _numbers(plan, Forecast.of(place))
        _show_tunnel(plan, found)
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=2) + "\n")


def _reading(scene: Scene, looks: list[RepairReport], doubts: list[Note]) -> dict:
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
        "doubtful": [{"path": note.path, "reason": note.reason} for note in (*report.doubtful, *doubts)],
    }  # fmt: skip


def _numbers(plan: TunnelPlan, forecast: Forecast) -> dict:
    return {
        "obstacle": plan.obstacle, "voxel_size": plan.voxel_size, "reynolds": plan.tunnel.reynolds,
        "length": plan.length, "frontal_area": plan.frontal_area, "cells_across": plan.cells_across,
        "tunnel": plan.bounds.tolist(), "shape": list(plan.shape), "cells": plan.cells, "tiles": plan.cells // 512,
        "memory_bytes": plan.memory, "gradient_memory_bytes": plan.gradient_memory,
        "viscosity": plan.units.viscosity, "time_step": plan.units.time_step, "mach": plan.units.mach,
        "relaxation_time": plan.units.tau, "crossing_steps": plan.flow_through_steps, "copy_gbs": forecast.copy_gbs,
        "expected_mlups": forecast.mlups(plan), "expected_run_seconds": forecast.run_seconds(plan),
        "expected_optimize_seconds": forecast.study_seconds(plan, _EVALUATIONS), "warnings": list(plan.warnings),
    }  # fmt: skip


def _show_reading(scene: Scene, looks: list[RepairReport], doubts: list[Note]) -> None:
    out.print(f"{scene.path}: up is {scene.up_axis}, a unit is {scene.metres_per_unit:g} m", highlight=False)
    for body, look in zip(scene.bodies, looks):
        low, high = body.mesh.bounds
        out.print(
            f"read      {body.path}: {' x '.join(f'{x:.4g}' for x in high - low)} m from "
            f"({', '.join(f'{x:.4g}' for x in low)})", highlight=False, markup=False,
        )  # fmt: skip
        for line in look.lines()[1:]:
            out.print(f"        {line}", highlight=False, markup=False)
    for kind, notes in (("skipped ", scene.report.skipped), ("doubtful", (*scene.report.doubtful, *doubts))):
        for note in notes:
            out.print(f"{kind}  {note}", highlight=False, markup=False)


def _show_tunnel(plan: TunnelPlan, found: dict) -> None:
    low, high = plan.bounds
    size = " x ".join(map(str, plan.shape))
    facts(f"\nTunnel around {plan.obstacle}", {
        "box": f"{_point(low)} to {_point(high)} m, flow along +{'xyz'[plan.tunnel.axis]}",
        "across the obstacle": f"{plan.length:.4g} m, {plan.cells_across:.1f} cells",
        "silhouette": f"{plan.frontal_area:.4g} m^2",
        "cells": f"{size} = {plan.cells:,} of {plan.voxel_size:.4g} m, in {found['tiles']:,} tiles",
        "memory": f"{gibibytes(plan.memory)}; {gibibytes(plan.gradient_memory)} with gradients",
        "time step": f"{plan.units.time_step:.4g} s",
        "Reynolds number": f"{plan.tunnel.reynolds:g} (viscosity {plan.units.viscosity:.4g} m^2/s)",
        "Mach number": f"{plan.units.mach:.3f}",
        "relaxation time": f"{plan.units.tau:.4f} steps",
        "expected rate": f"{found['expected_mlups']:.0f} MLUPS (memory copy {found['copy_gbs']:.1f} GB/s)",
        "expected duration": f"run {duration(found['expected_run_seconds'])}, "
        f"optimisation of {_EVALUATIONS} evaluations {duration(found['expected_optimize_seconds'])}",
    })  # fmt: skip
    for warning in plan.warnings:
        err.print(f"Warning: {warning}", style="yellow", highlight=False, markup=False)


def _point(x: np.ndarray) -> str:
    return "(" + ", ".join(f"{each:.4g}" for each in x) + ")"

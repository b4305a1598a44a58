"""`sparselbm inspect`: what was read of a scene, and what would be run."""

import json
from collections.abc import Mapping

import typer

from ..flows import InternalFlowSetup, RunEstimate
from ..geometry import RepairReport, inspect_mesh
from ..geometry.cap import Cap
from ..scene.usd import Note, Scene, surface_doubts
from . import options as o
from .exits import spoken
from .given import case_of
from .job_of import job_of
from .show import err, out


def inspect(
    context: typer.Context, scene: o.CaseFile, obstacle: o.ObstaclePath = None, without: o.Without = None,
    metres_per_unit: o.MetresPerUnit = None,
    voxel_size: o.VoxelSize = None, reynolds: o.Reynolds = None, velocity: o.Velocity = None, density: o.Density = None,
    flow_axis: o.FlowAxis = None, box: o.Box = None, lattice_velocity: o.LatticeVelocity = None,
    collision: o.CollisionModel = None, lattice: o.LatticeModel = None, device: o.Device = None,
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
    if case.surface is not None:
        size = None  # No solid is to be resolved.
    ignored = [path for path, each in case.obstacle.items() if each.role == "ignored"]
    caps, whole = {}, {}
    if isinstance(plan, InternalFlowSetup):
        caps, whole = plan.caps, {plan.name: inspect_mesh(plan.surface, plan.name)}  # Its caps close it.
    doubts = [
        note for body, look in zip(read.bodies, looks)
        if body.path not in case.opening and not _is_below(body.path, ignored)  # A cap has to have a rim.
        for note in surface_doubts(body, whole.get(body.path, look), size, device=place)
    ]  # fmt: skip
    found = _reading(read, looks, doubts)
    _show_reading(read, looks, doubts, caps)
    if plan is None:
        err.print(f"{len(read.bodies)} bodies: name one by --obstacle to see the tunnel around it", highlight=False)
    else:
        job = job_of(plan)
        found |= job.numbers(RunEstimate.of(place))
        job.show(found)
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=2) + "\n")


def _is_below(path: str, prims: list[str]) -> bool:
    """Whether a prim is one of these, or stands below one."""
    return any(f"{path}/".startswith(f"{each.rstrip('/')}/") for each in prims)


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


def _show_reading(scene: Scene, looks: list[RepairReport], doubts: list[Note], caps: Mapping[str, Cap]) -> None:
    out.print(f"{scene.path}: up is {scene.up_axis}, a unit is {scene.metres_per_unit:g} m", highlight=False)
    for body, look in zip(scene.bodies, looks):
        low, high = body.mesh.bounds
        out.print(
            f"read      {body.path}: {' x '.join(f'{x:.4g}' for x in high - low)} m from "
            f"({', '.join(f'{x:.4g}' for x in low)})", highlight=False, markup=False,
        )  # fmt: skip
        for line in look.lines()[1:] if body.path not in caps else [f"  {caps[body.path]}"]:
            out.print(f"        {line}", highlight=False, markup=False)
    for kind, notes in (("skipped ", scene.report.skipped), ("doubtful", (*scene.report.doubtful, *doubts))):
        for note in notes:
            out.print(f"{kind}  {spoken(str(note))}", highlight=False, markup=False)

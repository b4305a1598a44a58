"""`sparselbm inspect`: report of a scene and of the run that it would give."""

import json
from collections.abc import Mapping

from ..flows import InternalFlowSetup
from ..geometry import RepairReport, inspect_mesh
from ..geometry.cap import Cap
from ..scene.usd import Note, Scene, surface_doubts
from . import options as o
from .exits import spoken
from .job_of import job_of
from .overrides import Overrides
from .settings import FLOW, takes_case
from .show import err, out


@takes_case(*FLOW)
def inspect(options: Overrides, device: o.Device = None, json_file: o.JsonFile = None) -> None:
    """Report what was read from a scene and what would be run: cells, memory, time step, duration. Nothing is run.

    For a scene with several bodies, select one with [bold]--obstacle[/bold] to see the tunnel around it.

    Examples:

    sparselbm inspect scene.usda --voxel-size 0.02

    sparselbm inspect scene_case.usda [dim]# a case written by init[/dim]

    sparselbm inspect scene.usda --obstacle /World/Body --reynolds 100 --json setup.json
    """
    case, place = options.case(), o.device_of(device)
    read = options.scene(case)
    setup = case.setup(read, place) if case.obstacle or len(read.bodies) == 1 else None
    looks, size = [inspect_mesh(body.mesh, body.path) for body in read.bodies], setup and setup.voxel_size
    if case.surface is not None:
        size = None  # A fluid volume has no body whose faces the cells have to resolve.
    ignored = [path for path, each in case.obstacle.items() if each.role == "ignored"]
    caps, whole = {}, {}
    if isinstance(setup, InternalFlowSetup):
        caps, whole = setup.caps, {setup.name: inspect_mesh(setup.surface, setup.name)}  # Its caps close it.
    doubts = [
        note for body, look in zip(read.bodies, looks)
        if body.path not in case.opening and not _is_below(body.path, ignored)  # A cap has to have a rim.
        for note in surface_doubts(body, whole.get(body.path, look), size, device=place)
    ]
    found = _reading(read, looks, doubts)
    _show_reading(read, looks, doubts, caps)
    if setup is None:
        err.print(f"{len(read.bodies)} bodies: select one with --obstacle to see the tunnel around it", highlight=False)
    else:
        job = job_of(setup)
        found |= job.numbers(setup.estimate())
        job.show(found)
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=2) + "\n")


def _is_below(path: str, prims: list[str]) -> bool:
    """Whether a prim is one of these, or below one."""
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
    }


def _show_reading(scene: Scene, looks: list[RepairReport], doubts: list[Note], caps: Mapping[str, Cap]) -> None:
    out.print(f"{scene.path}: up is {scene.up_axis}, a unit is {scene.metres_per_unit:g} m", highlight=False)
    for body, look in zip(scene.bodies, looks):
        low, high = body.mesh.bounds
        out.print(
            f"read      {body.path}: {' x '.join(f'{x:.4g}' for x in high - low)} m from "
            f"({', '.join(f'{x:.4g}' for x in low)})", highlight=False, markup=False,
        )
        for line in look.lines()[1:] if body.path not in caps else [f"  {caps[body.path]}"]:
            out.print(f"        {line}", highlight=False, markup=False)
    for kind, notes in (("skipped ", scene.report.skipped), ("doubtful", (*scene.report.doubtful, *doubts))):
        for note in notes:
            out.print(f"{kind}  {spoken(str(note))}", highlight=False, markup=False)

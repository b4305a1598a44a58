"""`sparselbm optimize`: a shape of less drag."""

from pathlib import Path
from typing import Annotated

from ..geometry import FFD, Deformation, FreeVertices, Rigid, Scale
from ..optimize import SLSQP, Adam, FixedVolume, Stop
from ..recheck import Recheck
from ..study import DragStudy
from ..usd import PrimOps
from . import options as o
from .carry_out import carry_out
from .drawings import Draw, drawings_of

LIMIT_SHARE = 0.12
"""Of the obstacle's extent across the flow, as far as a control point may move where no limit is given."""

Ffd = Annotated[
    str | None,
    o.option(
        "--ffd",
        "Free-form deformation: control points along x, y and z. The default, with 4,3,4.",
        metavar="X,Y,Z",
    ),
]
Limit = Annotated[
    float | None,
    o.option(
        "--limit",
        "Farthest that a control point, a vertex or the body moves along an axis. Default: 0.12 L.",
        metavar="METRES",
    ),
]
RigidFlag = Annotated[bool, o.option("--rigid", "Only move and turn the body.")]
Vertices = Annotated[
    float | None,
    o.option(
        "--vertices",
        "Free vertices, smoothed over this length (2 to 5 cells are good); by Adam, which wants 30 iterations or more.",
        metavar="METRES",
    ),
]
Vary = Annotated[
    list[str] | None,
    o.option(
        "--vary",
        "Numbers of a prim's own xform op, and how far they may change; may be repeated. Their values are written back.",
        metavar="PRIM.OP=REACH",
    ),
]
FixedVolumeFlag = Annotated[
    bool, o.option("--fixed-volume/--free-volume", "Keep the volume within 0.5 %; needs a closed mesh.")
]


def optimize(
    scene: o.SceneFile, obstacle: o.ObstaclePath = None, without: o.Without = None, voxel_size: o.VoxelSize = None,
    reynolds: o.Reynolds = 60.0, velocity: o.Velocity = 1.0, density: o.Density = 1.0, flow_axis: o.FlowAxis = "x",
    box: o.Box = "2,4,1.5", lattice_velocity: o.LatticeVelocity = 0.08, ffd: Ffd = None, limit: Limit = None,
    rigid: RigidFlag = False, vertices: Vertices = None, vary: Vary = None, fixed_volume: FixedVolumeFlag = True,
    iterations: o.Iterations = 10, seconds: o.Seconds = None, tolerance: o.Tolerance = 1e-3,
    settle_steps: o.SettleSteps = None, second_grid: o.SecondGrid = True, recheck: o.Recheck = True,
    device: o.Device = None, output: o.Output = None, overwrite: o.Overwrite = False, variant: o.Variant = None,
    time: o.Time = None, levels: o.Levels = 0, confine: o.Confine = False, partial: o.Partial = False, draw: Draw = None,
) -> None:  # fmt: skip
    """Deform an obstacle until its drag is least, at fixed volume.

    Each iteration is written at once: as a time sample of NAME_results.usda, which lies over the scene and is to be
    opened in a viewer, and as a row of history.csv. Ctrl-C ends cleanly. At the end follow the flow around the best
    shape, convergence.png, slices.png and summary.json.

    Examples:

    sparselbm optimize scene.usda --obstacle /World/Body --reynolds 80 --iterations 12

    sparselbm optimize scene.usda --ffd 5,3,4 --limit 0.1 --seconds 600 --no-second-grid --output out

    sparselbm optimize scene.usda --rigid --limit 0.05 [dim]# where it stands, and how it is turned[/dim]

    sparselbm optimize scene.usda --vary /World/Wing.xformOp:rotateY=20 [dim]# within 20 degrees[/dim]
    """
    drawn = drawings_of(draw)
    read, place = o.scene_of(scene, variant, time, levels, confine, partial), o.device_of(device)
    tunnel = o.tunnel_of(voxel_size, reynolds, velocity, density, flow_axis, box, lattice_velocity)
    plan = tunnel.in_scene(read, obstacle, without=without or (), device=place)
    reach = LIMIT_SHARE * plan.length if limit is None else limit
    ops = None if not vary else _ops(scene, vary, time, variant)
    resizes = not rigid and (ops is None or any(isinstance(op, Scale) for op in ops.deformation.ops))
    study = DragStudy(
        deformation=deformation_of(ffd, rigid, vertices, reach, ops),
        constraints=(FixedVolume(),) if fixed_volume and resizes else (),
        optimizer=SLSQP() if vertices is None else Adam(), stop=Stop(iterations=iterations, seconds=seconds),
        settle=o.settle_of(plan, tolerance, settle_steps), recheck=Recheck() if recheck else None,
    )  # fmt: skip
    carry_out(
        read, plan, study, output=o.output_of(output, scene), overwrite=overwrite, device=place, second_grid=second_grid,
        ops=ops, draw=drawn,
    )  # fmt: skip


def deformation_of(
    ffd: str | None, rigid: bool, vertices: float | None, limit: float, ops: PrimOps | None = None
) -> Deformation:
    """What the options free. Raises OptionError where they name several deformations."""
    ways = (("--ffd", ffd), ("--rigid", rigid), ("--vertices", vertices), ("--vary", ops))
    chosen = [name for name, value in ways if value]
    if len(chosen) > 1:
        raise o.OptionError(f"{' and '.join(chosen)}: a body deforms in one way only, choose 1 of them")
    if ops is not None:
        return ops.deformation
    if rigid:
        return Rigid(rotate=True, max_translation=limit)
    if vertices is not None:
        return FreeVertices(vertices, limit=limit)
    return FFD(o.three("--ffd", ffd or "4,3,4", int, "4,3,4"), limit=limit)


def _ops(scene: Path, vary: list[str], time: float | None, variant: list[str] | None) -> PrimOps:
    if variant:
        raise o.OptionError("--vary and --variant: the ops are read from the scene as it is saved; save the choice in it")
    """The ops that are to be varied: PRIM.OP=REACH, or one reach a number, as in /World/Body.xformOp:translate=0.1,0,0."""
    prims, reach = [], {}
    for text in vary:
        head, _, numbers = text.partition("=")
        prim, _, op = head.rpartition(".")
        try:
            values = [float(each) for each in numbers.split(",")]
        except ValueError:
            values = []
        if not (prim and op and values):
            raise o.OptionError(f"--vary {text!r}: give PRIM.OP=REACH, such as /World/Wing.xformOp:rotateY=20")
        prims.append(prim)
        reach[op] = values[0] if len(values) == 1 else values
    if len(set(prims)) > 1:
        raise o.OptionError(f"--vary names {len(set(prims))} prims, {', '.join(sorted(set(prims)))}: choose 1 of them")
    return PrimOps.of(scene, prims[0], reach, time=time)

"""`sparselbm optimize`: a shape of less drag."""

from pathlib import Path
from typing import Annotated

import typer

from ..case import CaseStudy
from . import options as o
from .carry_out import run_optimization
from .drawings import Draw, drawings_of
from .given import case_of, output_of

Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE_optimize")]


def optimize(
    context: typer.Context, scene: o.CaseFile, obstacle: o.ObstaclePath = None, without: o.Without = None,
    metres_per_unit: o.MetresPerUnit = None,
    voxel_size: o.VoxelSize = None, reynolds: o.Reynolds = None, velocity: o.Velocity = None, density: o.Density = None,
    flow_axis: o.FlowAxis = None, box: o.Box = None, lattice_velocity: o.LatticeVelocity = None,
    collision: o.CollisionModel = None, lattice: o.LatticeModel = None, ffd: o.Ffd = None,
    limit: o.Limit = None, rigid: o.RigidFlag = False, vertices: o.Vertices = None,
    vary: o.Vary = None, fixed_volume: o.FixedVolume = None, iterations: o.Iterations = None, seconds: o.Seconds = None,
    tolerance: o.Tolerance = None, settle_steps: o.SettleSteps = None, second_grid: o.SecondGrid = None,
    cross_check: o.CrossCheckFlag = None, device: o.Device = None, output: Output = None, overwrite: o.Overwrite = False,
    variant: o.Variant = None, time: o.Time = None, levels: o.Levels = None, confine: o.Confine = False,
    partial: o.Partial = False, draw: Draw = None,
) -> None:  # fmt: skip
    """Deform an obstacle until its drag is least, at fixed volume.

    Each iteration is written at once: as a time sample of NAME_results.usda, which lies over the scene and is to be
    opened in a viewer, and as a row of history.csv; what is printed of a constraint is its value, not what is left to its
    limit. Ctrl-C ends cleanly. At the end follow the flow around the best
    shape, convergence.png, slices.png and summary.json.

    Examples:

    sparselbm optimize scene.usda --obstacle /World/Body --reynolds 80 --iterations 12

    sparselbm optimize scene_case.usda [dim]# a case that init wrote: all is in it[/dim]

    sparselbm optimize scene.usda --ffd 5,3,4 --limit 0.1 --seconds 600 --no-second-grid --output out

    sparselbm optimize scene.usda --rigid --limit 0.05 [dim]# where it stands, and how it is turned[/dim]

    sparselbm optimize scene.usda --vary /World/Wing.xformOp:rotateY=20 [dim]# within 20 degrees[/dim]
    """
    drawn, case, place = drawings_of(draw), case_of(context.params), o.device_of(device)
    read = case.read_scene(confine=confine, partial=partial)
    plan = case.tunnel_plan(read, place)
    wanted = CaseStudy.of(case, plan)
    run_optimization(
        read, plan, wanted.study, output=output_of(output, case, "_optimize"), overwrite=overwrite, device=place,
        second_grid=case.objective.second_grid, ops=wanted.ops, draw=drawn,
    )  # fmt: skip

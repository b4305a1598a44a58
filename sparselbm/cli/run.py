"""`sparselbm run`: the flow around an obstacle, and its drag."""

from ..flow import TunnelFlow
from ..results import StudyFolder
from ..usd import Scene
from . import options as o
from .exits import running
from .show import Work, announce, err, facts


def run(
    scene: o.SceneFile, obstacle: o.ObstaclePath = None, without: o.Without = None, voxel_size: o.VoxelSize = None,
    reynolds: o.Reynolds = 60.0, velocity: o.Velocity = 1.0, density: o.Density = 1.0, flow_axis: o.FlowAxis = "x",
    box: o.Box = "2,4,1.5", lattice_velocity: o.LatticeVelocity = 0.08, tolerance: o.Tolerance = 1e-3,
    settle_steps: o.SettleSteps = None, device: o.Device = None, output: o.Output = None,
    overwrite: o.Overwrite = False,
) -> None:  # fmt: skip
    """Bring the flow around an obstacle to rest in time; print drag coefficient and force; write the results stage.

    The folder then holds NAME_results.usda (open it in usdview, Blender, Omniverse), fields.vdb, velocity.nvdb,
    pressure.nvdb, slice.png and summary.json.

    Examples:

    sparselbm run scene.usda --reynolds 100

    sparselbm run scene.usda --obstacle /World/Body --voxel-size 0.02 --velocity 30 --density 1.2 --output out
    """
    read, place = Scene.open(scene), o.device_of(device)
    tunnel = o.tunnel_of(voxel_size, reynolds, velocity, density, flow_axis, box, lattice_velocity)
    plan = tunnel.in_scene(read, obstacle, without=without or (), device=place)
    flow = TunnelFlow(plan, o.settle_of(plan, tolerance, settle_steps), place)
    folder = StudyFolder(o.output_of(output, scene), read, plan, overwrite=overwrite)
    announce(plan, place)
    with running():
        with Work(plan) as work:
            flow.on_progress = work.step
            drag = flow.drag()
        summary = folder.finish_run(flow, drag)
    if not summary["converged"]:
        err.print(
            f"Warning: after {summary['steps']} steps the drag still changes by more than {tolerance:.1e} of itself: "
            "allow more --settle-steps, or the flow is not steady", style="yellow", highlight=False,
        )  # fmt: skip
    facts("", {
        "drag coefficient": f"{drag:.4f}", "force along the flow": f"{summary['drag_force']:.5g} N",
        "steps": f"{summary['steps']}", "results": f"{folder.stage.path}",
    })  # fmt: skip

"""`sparselbm optimize`: optimisation of the shape of a body, or of other design variables."""

from pathlib import Path
from typing import Annotated

from ..case import CaseDesign, CaseObjective, CaseOutput, CaseStudy
from . import options as o
from .carry_out import run_optimization
from .drawings import Draw, drawings_of
from .overrides import Overrides, output_of
from .restarts import Resume, is_finished, restarts_of
from .settings import FLOW, takes_case
from .show import out, show_next
from .sole_run import sole_run
from .stored import stored_drawings

Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE_optimize")]


@takes_case(*FLOW, CaseDesign, CaseObjective, CaseOutput)
def optimize(
    options: Overrides, device: o.Device = None, output: Output = None, overwrite: o.Overwrite = False, resume: Resume = False,
    draw: Draw = None,
) -> None:
    """Minimise the drag of an obstacle, or another objective, by changing its shape at fixed volume.

    For a case with a fluid volume, give an objective and design variables of your own, such as parameters of the models.

    Each iteration is written immediately: as a time sample of NAME_results.usda, a layer over the scene that can be opened in
    a viewer, and as a row of history.csv. The value printed for a constraint is the constrained quantity itself. Ctrl-C stops
    the optimisation cleanly; the same command with --resume continues it, also from a restart file (--restart-every) after a
    crash. At the end the flow around the best shape, convergence.png, slices.png and summary.json are
    written. The reported values are those of interpolated bounce-back (--cross-check), which is more accurate than the wall
    whose gradient is followed.

    Examples:

    sparselbm optimize scene.usda --obstacle /World/Body --reynolds 80 --iterations 12

    sparselbm optimize scene_case.usda [dim]# a case written by init[/dim]

    sparselbm optimize scene.usda --ffd 5,3,4 --max-displacement 0.1 --seconds 600 --no-grid-check --output out

    sparselbm optimize scene.usda --rigid --max-displacement 0.05 [dim]# position and orientation[/dim]

    sparselbm optimize scene.usda --design-op /World/Wing.xformOp:rotateY=20 [dim]# by up to 20 degrees[/dim]

    sparselbm optimize scene.usda --objective "mine.py:WakeEnergy" --design "mine.py:Twist" [dim]# your own classes[/dim]

    sparselbm optimize vessel.usda --objective "mine.py:PressureLoss" --design "mine.py:InletVelocity" --no-grid-check
    """
    case, place = options.case(), o.device_of(device)
    read = options.scene(case)
    setup = case.setup(read, place)
    drawn, study = stored_drawings(case, drawings_of(draw), setup), CaseStudy.of(case, setup)
    folder, origin = output_of(output, case, "_optimize"), options.origin(case)
    if resume and is_finished(folder, origin):
        out.print(f"The optimisation in {folder} is finished.", highlight=False, markup=False, soft_wrap=True)
        return
    with sole_run(folder):
        restarts = restarts_of(folder, case, read, setup, origin, draw=drawn, resume=resume, overwrite=overwrite)
        run_optimization(
            read, study.problem, output=folder, overwrite=overwrite, check_grid=case.objective.grid_check, origin=origin,
            ops=study.ops, draw=drawn, restarts=restarts,
        )
    show_next(folder)

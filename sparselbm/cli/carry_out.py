"""An optimisation from its first check to its summary, for the commands that run one."""

from collections.abc import Sequence
from pathlib import Path

from ..design import DragProblem, DragStudy, SecondGrid, on_second_grid
from ..design.optimizer import OptimizeResult
from ..files.write import no_empty_folders
from ..flows import WindTunnelSetup
from ..results import ResultsWriter
from ..results.draw import Drawing
from ..results.stage import PrimOps
from ..results.writer import DRAWN
from ..scene.usd import Scene
from .exits import RunInterruptedError, running
from .show import ProgressBar, announce, duration, err, facts

_REFINEMENT = 1.25
"""Of the voxels of the second grid."""

_UNCONFIRMED = (
    "The other wall sees no gain: the drag has fallen by less than the walls disagree by. Take more iterations or finer voxels."
)


def run_optimization(
    scene: Scene, plan: WindTunnelSetup, study: DragStudy, *, output: Path, overwrite: bool, device: str, second_grid: bool,
    ops: PrimOps | None = None, draw: Sequence[Drawing] = DRAWN,
) -> tuple[ResultsWriter, dict]:  # fmt: skip
    """Checks everything, runs the study, and prints what it found; the folder and the summary.

    Raises RunInterruptedError after Ctrl-C, saying what was reached, which is written; a folder without anything is not left.
    """
    scene.body(plan.obstacle).require_fixed_topology()
    problem = DragProblem(study, plan, device)
    if second_grid:
        plan.refined(_REFINEMENT).require_memory(device)
    with no_empty_folders(output):
        folder = ResultsWriter(output, scene, plan, overwrite=overwrite, ops=ops, draw=draw)
        announce(plan, device)
        with running():
            result = _optimise(problem, folder)
    with running():
        try:
            second = None
            if result.stopped != "interrupted":
                second = _second_grid(problem, result) if second_grid else None
            summary = folder.finish(problem, result, second)
        except KeyboardInterrupt:
            raise RunInterruptedError(_reached(folder, result)) from None
    if result.stopped == "interrupted":
        raise RunInterruptedError(_reached(folder, result))
    _print_summary(folder, summary, second, problem)
    if result.stopped == "refused":
        err.print(result.message, style="yellow", highlight=False, markup=False)
    elif problem.checks and problem.checks[-1].unconfirmed:
        err.print(_UNCONFIRMED, style="yellow", highlight=False, markup=False)
    return folder, summary


def _optimise(problem: DragProblem, folder: ResultsWriter) -> OptimizeResult:
    with ProgressBar(problem.plan, problem.study.stop.iterations) as work:

        def finished(iterate) -> None:
            folder.add(iterate)
            work.iteration(iterate)

        problem.on_progress = work.step
        try:
            return problem.minimize(finished)
        except KeyboardInterrupt:
            raise RunInterruptedError("Interrupted before the first design was evaluated.") from None


def _second_grid(problem: DragProblem, result: OptimizeResult) -> SecondGrid:
    with ProgressBar(problem.plan.refined(_REFINEMENT)) as work:
        problem.on_progress = work.step
        return on_second_grid(problem, result.x, refinement=_REFINEMENT)


def _reached(folder: ResultsWriter, result: OptimizeResult) -> str:
    first = result.history[0].objective
    return (
        f"Interrupted after {result.evaluations} evaluations: best drag coefficient {result.objective:.4f} "
        f"({result.objective / first - 1.0:+.1%}). All {len(folder.history)} iterations are in {folder.stage.path}"
    )


def _print_summary(folder: ResultsWriter, found: dict, second: SecondGrid | None, problem: DragProblem) -> None:
    rows = {
        "drag coefficient": f"{found['drag_coefficient_first']:.4f} before, {found['drag_coefficient_best']:.4f} after",
        "reduction": f"{found['reduction']:.1%}",
        "volume change": f"{found['volume_change']:+.3%}"
        + ("" if found["feasible"] else " (outside of the tolerance)"),
        "iterations": f"{found['iterations']} ({found['evaluations']} evaluations), stopped by: {found['stopped']}",
        "time": duration(found["seconds"]),
    }
    if problem.checks:
        rows["other wall"] = str(problem.checks[-1])
    if second is not None:
        rows["second grid"] = (
            f"{second.first:.4f} before, {second.best:.4f} after, on voxels of {second.voxel_size:.4g} m: reduction "
            f"{second.reduction:.1%}, {100 * (second.reduction - found['reduction']):+.1f} points"
        )
    facts("", {**rows, "results": str(folder.stage.path)})

"""Runs an optimisation from the first check to the summary, for the commands that need it."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..design import DesignProblem, GridCheck, grid_check
from ..design.grid_check import refined_points
from ..design.optimizer import OptimizeResult
from ..files.restarts import RestartWriter
from ..files.write import no_empty_folders
from ..flows import FlowSetup, InternalFlowSetup, WindTunnelSetup
from ..results import InternalFlowWriter, ResultsWriter
from ..results.draw import Drawing
from ..results.stage import PrimOps
from ..results.writer import DRAWN
from ..scene.usd import Scene
from .exits import RunInterruptedError, running
from .regime import grid_remark, warn_of_regime
from .restarts import continued
from .show import ProgressBar, announce, duration, err, facts, out

Writer = ResultsWriter | InternalFlowWriter
"""Writer of the results of an optimisation."""

_REFINEMENT = 1.25
"""Refinement of the grid check."""

_UNAVAILABLE = (
    "The flow with interpolated bounce-back became unstable, so that values of the partially saturated method are reported: "
    "decrease --lattice-velocity or --voxel-size."
)
_UNCONFIRMED = (
    "Evaluation with interpolated bounce-back does not confirm the improvement, which is smaller than the difference between the "
    "wall models. Increase --iterations or decrease --voxel-size."
)


def run_optimization(
    scene: Scene, problem: DesignProblem, *, output: Path, overwrite: bool, check_grid: bool, origin: Mapping[str, Any],
    ops: PrimOps | None = None, draw: Sequence[Drawing] = DRAWN, restarts: RestartWriter | None = None,
) -> tuple[Writer, dict]:
    """Runs a checked problem and prints its results; returns the writer and the summary. `origin`: see `ResultsWriter`;
    `restarts`: where it is stored, or continued from.

    Raises RunInterruptedError after Ctrl-C or SIGTERM with the best value so far; all iterations are written. An empty folder is
    removed.
    """
    if check_grid:
        refined_points(problem, _REFINEMENT)
    with no_empty_folders(output):
        resume = restarts is not None and restarts.source is not None
        setup = problem.first.setup
        folder = _writer(scene, setup, output, overwrite=overwrite, ops=ops, draw=draw, origin=origin, resume=resume)
        announce(setup)
        with running():
            result = _optimise(problem, folder, restarts)
    with running():
        try:
            second = None
            if result.stopped != "interrupted":
                second = _on_finer_grid(problem, result, restarts) if check_grid else None
            summary = folder.finish(problem, result, second, report=partial(_report, folder, result, second, problem))
        except KeyboardInterrupt:
            raise RunInterruptedError(_reached(folder, result) + continued(restarts)) from None
    if result.stopped == "interrupted":
        raise RunInterruptedError(_reached(folder, result) + continued(restarts))
    if restarts is not None:
        restarts.clear()
    return folder, summary


def _report(folder: Writer, result: OptimizeResult, second: GridCheck | None, problem: DesignProblem, summary: dict) -> None:
    """Prints the results of a whole optimisation and what is doubtful about them."""
    if result.stopped == "interrupted":
        return
    _print_summary(folder, summary, second, problem)
    if (correction := summary["defect_correction"]) and not correction["available"]:
        err.print(_UNAVAILABLE, style="yellow", highlight=False, markup=False)
    if problem.flow.steady is not None:
        warn_of_regime(problem.flow.steady, problem.steady_run or problem.first.setup.steady_run)
    if result.stopped == "refused":
        err.print(result.message, style="yellow", highlight=False, markup=False)
    elif problem.checks and problem.checks[-1].unconfirmed:
        err.print(_UNCONFIRMED, style="yellow", highlight=False, markup=False)


def quantity(problem: DesignProblem) -> str:
    """Short name of the objective."""
    return "C_d" if problem.minimises_drag else problem.objective_name


def _writer(
    scene: Scene, setup: FlowSetup, output: Path, *, overwrite: bool, ops: PrimOps | None, draw: Sequence[Drawing],
    origin: Mapping[str, Any], resume: bool,
) -> Writer:
    """Writer of the results of an optimisation, which creates the folder. Raises OutputExistsError."""
    if isinstance(setup, InternalFlowSetup):
        return InternalFlowWriter(output, scene, setup, overwrite=overwrite, draw=draw, origin=origin, resume=resume)
    assert isinstance(setup, WindTunnelSetup)
    scene.body(setup.obstacle).require_fixed_topology()
    return ResultsWriter(output, scene, setup, overwrite=overwrite, ops=ops, draw=draw, origin=origin, resume=resume)


def _optimise(problem: DesignProblem, folder: Writer, restarts: RestartWriter | None) -> OptimizeResult:
    with ProgressBar(problem.first.setup, problem.stop.iterations, quantity=quantity(problem)) as work:

        def finished(iterate) -> None:
            folder.add(iterate)
            work.iteration(iterate)

        problem.on_progress = work.step
        if restarts is not None:
            problem.restarts, restarts.urgent = restarts, lambda: work.is_stopping
            if restarts.add("results", folder):
                out.print(f"Resumed from {restarts.source}.", highlight=False, markup=False, soft_wrap=True)
        try:
            return problem.minimize(finished)
        except KeyboardInterrupt:
            message = f"Interrupted before the first design was evaluated.{continued(restarts)}"
            raise RunInterruptedError(message) from None


def _on_finer_grid(problem: DesignProblem, result: OptimizeResult, restarts: RestartWriter | None) -> GridCheck:
    with ProgressBar(problem.first.setup.refined(_REFINEMENT), quantity=quantity(problem)) as work:
        problem.on_progress = work.step
        if restarts is not None:
            restarts.urgent = lambda: work.is_stopping
        return grid_check(problem, result.x, refinement=_REFINEMENT)


def _reached(folder: Writer, result: OptimizeResult) -> str:
    first = result.history[0].objective
    return (
        f"Interrupted after {result.evaluations} evaluations: best objective {result.objective:.4f} "
        f"({result.objective / first - 1.0:+.1%}). All {len(folder.history)} iterations are in {folder.stage.path}"
    )


def _print_summary(folder: Writer, found: dict, second: GridCheck | None, problem: DesignProblem) -> None:
    rows = {
        problem.objective_name: f"{found['objective_first']:.4f} before, {found['objective_best']:.4f} after",
        "reduction": f"{found['reduction']:.1%}",
        **_volume(found),
        "iterations": f"{found['iterations']} ({found['evaluations']} evaluations), stopped by: {found['stopped']}",
        "time": duration(found["seconds"]),
    }
    if found["gradient_error"] is not None:
        rows["gradient error"] = f"at most {found['gradient_error']:.1%} of the largest number of a gradient (estimated)"
    rows |= _correction(found)
    if problem.checks:
        rows["cross-check"] = str(problem.checks[-1])
    if second is not None:
        rows["grid check"] = (
            f"{second.first:.4f} before, {second.best:.4f} after, with cells of {second.voxel_size:.4g} m: reduction "
            f"{second.reduction:.1%}, {100 * (second.reduction - found['reduction']):+.1f} points{grid_remark(second)}"
        )
    facts("", {**rows, "results": str(folder.stage.path)})


def _correction(found: dict) -> dict[str, str]:
    """Wall model of the values, and the objective with the wall of the optimisation; nothing if its own values are reported."""
    correction = found["defect_correction"]
    if correction is None:
        return {}
    own = (
        f"with the wall of the optimisation {correction['own_first']:.4f} before, {correction['own_best']:.4f} after, reduction "
        f"{correction['own_reduction']:.1%}"
    )
    state = "" if correction["settled"] else "; the corrections still change: increase --iterations"
    return {f"values by {correction['values_by']}": own + state}


def _volume(found: dict) -> dict[str, str]:
    """Change of the volume of a body; nothing for other design variables."""
    if "volume_change" not in found:
        return {}
    return {"volume change": f"{found['volume_change']:+.3%}" + ("" if found["feasible"] else " (exceeds the tolerance)")}

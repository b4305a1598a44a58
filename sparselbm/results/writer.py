"""Results of a run or an optimisation on disk: a results stage over the user's scene, volumes, history, pictures."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..design import DesignProblem, GridCheck, Iterate
from ..design.optimizer import DesignRecord, OptimizeResult
from ..errors import SceneError, SimulationError
from ..files.lost_results import lost_alone
from ..files.names import result_name_of
from ..files.restarts import Resumable
from ..files.write import claim_folder, replace_file
from ..flows import Flow, WindTunnelSetup
from ..geometry import TriangleMesh
from ..observe import Snapshot
from ..scene.usd import Scene
from .draw import Drawing, Slice, Streamlines, SurfaceValues, Tracers, VolumeGrids, draw_all
from .fields import FlowFrame, Speed
from .images import convergence
from .iteration_table import IterationTable
from .over_time import OverTime
from .reader import FURTHER_FIELDS, SOLID
from .run_record import run_record
from .slice_picture import Panel, draw_panels, draw_slices
from .stage import PrimOps, ResultsStage

OWNED = (
    "*_results.usda", "*_layer.usdc", "*_clips/*.usd?", "*_colours.png", "*_legend_*.png", "*fields*.vdb", "*velocity*.nvdb",
    "*pressure*.nvdb", "scalar_*.nvdb", "history.csv", "time_series.csv", "residuals.csv", "residuals.png", "history.png",
    "convergence.png", "slice*.png",
    "summary.json", "restart/*.npz",
    *(f"{name}{number}.nvdb" for name in (*FURTHER_FIELDS, SOLID) for number in ("", "_[0-9]*")),
    "export/fields*.*", "export/*.nvdb", "export/design.*", "export/forces.csv", "export/surfaces*.*", "export/streamlines*.*",
    "export/results.json", "export/picture.png", "export/film.mp4", "view/*.js", "view/*.css", "view/index.html",
)
"""Files that a run removes from its folder, including exports and pages of an earlier run, which would be mistaken for those
of the new one."""
DRAWN = (SurfaceValues(), Slice(), Streamlines(), Tracers(), VolumeGrids())
"""Default drawings. Isosurfaces of vortices are not among them: in slow flow they cover the body."""


def claimed(folder: str | Path, scene: Scene, *, overwrite: bool, resume: bool = False) -> tuple[Path, ResultsStage]:
    """Creates the folder of a run's results, and a stage in it over the scene, which stands as it was read at all times.

    Names are checked before the folder is created. With `resume` the files of the run that is resumed stay there. Raises
    OutputExistsError for existing files.
    """
    name = result_name_of(Path(scene.path))
    stage = ResultsStage(scene.path, folder, name, overwrite=True, variants=scene.variants, attributes=scene.attributes)
    stage.hold(scene.time)
    return claim_folder(folder, overwrite=overwrite or resume, owned=() if resume else OWNED, needed=stage.sources), stage


class ResultsWriter(Resumable):
    """Writer of results as they are computed; completed iterations are readable however the run ends.

    Open `stage.path`, CASE_results.usda, in a viewer; the scene itself is not modified. Raises OutputExistsError for a
    folder that is not empty, unless `overwrite`; then the files of an earlier run are removed.
    """

    def __init__(
        self, folder: str | Path, scene: Scene, setup: WindTunnelSetup, *, overwrite: bool = False, ops: PrimOps | None = None,
        draw: Sequence[Drawing] = DRAWN, origin: Mapping[str, Any] = MappingProxyType({}), resume: bool = False,
    ):
        """`ops`: ops that the optimisation varies; their values are then written, and points only where the ops do not move them.

        `draw`: drawings of the flow of a run, or of each iteration whose flow is available; `origin`: command, options and case
        of the run, for the summary; `resume`: whether an interrupted run in the folder is continued.
        """
        self.setup = setup
        self.origin = origin
        self.ops = ops
        self.draw = tuple(draw)
        self.body = scene.body(setup.obstacle)
        if len(self.body.mesh.points) != len(setup.mesh.points):
            raise SceneError(
                f"{self.body.path} has {len(self.body.mesh.points)} points in the scene, but {len(setup.mesh.points)} in the "
                "set-up: pass the scene without what the set-up leaves out, Scene.without(...)"
            )
        if ops is not None:
            ops.require_above(self.body)
        self.folder, self.stage = claimed(folder, scene, overwrite=overwrite, resume=resume)
        self.title = f"{self.stage.case_name}, Reynolds number {setup.options.reynolds:.4g}"
        """Title of pictures."""
        self.over_time = OverTime(
            self.stage, scene, self.draw, lambda flow: self._moment(flow, setup.points_of(flow)), title=self.title,
            references=references_of(setup),
        )
        """Files of a run over time."""
        self.stage.add_camera(setup.bounds)
        self._table = IterationTable(self.folder / "history.csv")
        self._first: Panel | None = None
        """Flow around the first design."""
        self._up = "XYZ".index(scene.up_axis)

    def add(self, iterate: Iterate) -> None:
        """Writes an iteration: shape and sensitivity as time samples, and a row of history.csv.

        A part that cannot be written follows with the next iteration, with a ResultLostWarning.
        """
        if self._table.add(iterate.record):
            with lost_alone(f"iteration {iterate.record.iteration} in {self.stage.path}"):
                self._draw_iteration(iterate)

    def _draw_iteration(self, iterate: Iterate) -> None:
        number, (points,), (gradient,) = iterate.record.iteration, iterate.states, iterate.gradients
        if self.ops is not None:
            self.stage.add_transform(self.ops, number, self.ops.deformation.values(iterate.record.x))
        sensitivity = normal_sensitivity(self.setup.mesh.with_points(points), gradient)
        if np.isfinite(sensitivity).all():
            self.stage.add_surface_fields(self.body, {"sensitivity": sensitivity}, iteration=number)
        if self.ops is None or not self.ops.carries(self.body):
            self.stage.add_iteration(self.body, number, points)
        flow = iterate.flow.simulation
        held = flow.solids.named(self.setup.obstacle).points.numpy()
        if np.allclose(held, points, rtol=0.0, atol=1e-3 * self.setup.voxel_size):
            moment = self._moment(iterate.flow, points, sensitivity)
            self._first = self._first or self._panel(moment)
            draw_all([each for each in self.draw if each.each_time], self.stage, moment, number)

    @property
    def history(self) -> list[DesignRecord]:
        """All iterations."""
        return self._table.records

    def saved(self):
        return {"stage": self.stage.saved(), "table": self._table.saved(), "first": self._first and self._first.saved()}

    def restore(self, state):
        self.stage.restore(state["stage"])
        self._table.restore(state["table"])
        self._first = state["first"] and Panel.restored(state["first"])

    def finish_run(
        self, flow: Flow, drag: float, found: Mapping[str, Any] = MappingProxyType({}), *,
        report: Callable[[dict], None] = lambda summary: None,
    ) -> dict:
        """Writes the flow of a run without optimisation, with C_d `drag`; returns the summary. `found`: additional results.

        `report` is called with the summary before anything is written. A drawing that fails is left out, with a
        ResultLostWarning. Raises SimulationError for a result that is not finite, and OSError, at the end, if the summary cannot
        be written.
        """
        force = drag * self.setup.reference_force
        effect = self.setup.body.blockage_effect(self.setup.bounds, drag)
        summary = self._summarise(flow, {
            "drag_coefficient": drag, "drag_force": force, "blockage_effect": effect, **self.over_time.found(flow),
            **self._strouhal(flow), **found,
        })
        begin_summary(self.folder, summary, report)
        with lost_alone("the drawings"):
            moment = self._moment(flow, self.setup.points_of(flow))
            draw_all(self.over_time.shown(flow), self.stage, moment, None)
            draw_slices(self.folder, self.draw, moment, title=self.title)
        self.over_time.finish(flow)
        return completed(self.folder, summary)

    def finish(
        self, problem: DesignProblem, result: OptimizeResult, second: GridCheck | None = None, *,
        report: Callable[[dict], None] = lambda summary: None,
    ) -> dict:
        """The best design's flow (unless the optimisation was interrupted), pictures, and the summary, which is returned.

        `report` and errors: as in `finish_run`.
        """
        (points,), reached = problem.first.variables.states(result.x), result.objective
        whole = result.stopped != "interrupted"
        if whole:
            reached = problem.value(result.x)
        summary = self._summarise(problem.flow, {
            **optimisation_summary(problem, result, reached, second),
            **self.over_time.found(problem.flow), **self._strouhal(problem.flow),
            "volume_change": self.setup.mesh.with_points(points).volume / self.setup.mesh.volume - 1.0,
        })
        begin_summary(self.folder, summary, report)
        with lost_alone("the drawings of the best design"):
            if whole:
                self._draw_best(problem.flow, points, result)
        with lost_alone("convergence.png"):
            if self.history:
                convergence(self.folder / "convergence.png", self.history, label=problem.objective_name, title=self.title)
        self.over_time.finish(problem.flow)
        return completed(self.folder, summary)

    def _draw_best(self, flow: Flow, points: np.ndarray, result: OptimizeResult) -> None:
        """Draws the flow around the best design, whose points are given [m]."""
        best = self._moment(flow, points)
        number = next((r.iteration for r in self.history if np.array_equal(r.x, result.x)), result.iterations)
        draw_all([each for each in self.draw if each.each_time], self.stage, best, number)
        draw_all([each for each in self.draw if not each.each_time], self.stage, best, None)
        self._draw_designs(best)

    def _strouhal(self, flow: Flow) -> dict:
        """St = f L / u and its error, with the reference length L, of a flow that has a frequency."""
        frequency = flow.frequency
        if frequency is None:
            return {}
        number = frequency.scaled(self.setup.body.reference_length / self.setup.units.velocity)
        return {"strouhal": number.value, "strouhal_error": number.error}

    def _moment(self, flow: Flow, points: np.ndarray, sensitivity: np.ndarray | None = None) -> FlowFrame:
        """Current flow of a tunnel, around the obstacle's points [m]."""
        units, known = self.setup.units, {}
        if sensitivity is not None and np.isfinite(sensitivity).all():
            known["sensitivity"] = sensitivity
        return FlowFrame(
            Snapshot.of(flow.simulation, units), self.body, self.setup.mesh.with_points(points),
            viscosity=units.density * units.viscosity, direction=tuple(self.setup.options.stream.unit.tolist()), up=self._up,
            on_points=known, density=units.density, velocity=units.velocity, time=flow.time if flow.transient else None,
        )

    def _panel(self, moment: FlowFrame) -> Panel | None:
        """Speed in the plane through the original body."""
        return Panel.of(moment, Slice(at=float(self.setup.mesh.centroid[moment.across])))

    def _draw_designs(self, best: FlowFrame) -> None:
        """Plots the flow around the best design, and beside that around the first one."""
        panel = self._panel(best)
        if panel is None:
            return
        draw_panels(self.folder / "slice.png", {"": panel}, quantity=Speed(), title=self.title)
        both = {"first design": self._first or panel, "best design": panel}
        draw_panels(self.folder / "slices.png", both, quantity=Speed(), title=self.title)

    def _summarise(self, flow: Flow, found: dict) -> dict:
        setup, body = self.setup, self.setup.body
        return {
            "obstacle": setup.obstacle, "reynolds": setup.options.reynolds, "voxel_size": setup.voxel_size, "cells": setup.cells,
            "cells_across": setup.cells_across, "size": body.size.tolist(), "frontal_area": body.frontal_area,
            "reference_area": body.reference_area, "reference_length": body.reference_length,
            "reference_force": setup.reference_force, "blockage": setup.blockage, **found, **setup.method.record,
            "doubts": list(setup.doubts), "run": {**self.origin, **run_record(flow)}, "complete": False,
        }


def report_summary(summary: dict, report: Callable[[dict], None]) -> None:
    """Reports a summary. Raises SimulationError, before, for a number that is not finite."""
    _require_finite(summary, "")
    report(summary)


def begin_summary(folder: Path, summary: dict, report: Callable[[dict], None]) -> None:
    """Reports a summary, and writes it before drawings and files follow. Raises SimulationError for a number that is not finite.

    A file that cannot be written is left to `completed`.
    """
    report_summary(summary, report)
    with suppress(OSError):
        write_summary(folder, summary)


def completed(folder: Path, summary: dict) -> dict:
    """Writes the summary once more, when drawings and files have followed it: a process that ends before leaves it incomplete.

    Raises OSError, such as that of a full disk.
    """
    whole = {**summary, "complete": True}
    write_summary(folder, whole)
    return whole


def references_of(setup: WindTunnelSetup) -> dict[str, float]:
    """Sizes of recorded values by their units, from reference force F, length L, density rho and velocity u."""
    u, length, force = setup.units.velocity, setup.body.reference_length, setup.reference_force
    return {
        "": 1.0, "N": force, "N m": force * length, "W": force * u, "m": length, "m/s": u, "rad/s": u / length,
        "Pa": setup.units.density * u**2,
    }


def optimisation_summary(problem: DesignProblem, result: OptimizeResult, reached: float, second: GridCheck | None) -> dict:
    """Summary of an optimisation of any flow; `reached`: objective of the best design with the wall of the optimisation, which is
    reported if there is no defect correction."""
    first, best = result.history[0].objective, result.objective if problem.corrections else reached
    return {
        "objective": problem.objective_name, "objective_first": first, "objective_best": best,
        "reduction": (first - best) / abs(first), "feasible": result.feasible, "stopped": result.stopped,
        "iterations": result.iterations, "evaluations": result.evaluations, "seconds": round(result.seconds, 3),
        "gradient_error": problem.gradient_error,
        "cross_check": [{**asdict(each), "difference": each.difference} for each in problem.checks],
        "defect_correction": correction_summary(problem),
        "grid_check": second and {**asdict(second), "reduction": second.reduction},
    }


def correction_summary(problem: DesignProblem) -> dict | None:
    """Wall model of the reported values, and the objective with the wall of the optimisation; None: that wall's are reported."""
    if problem.reported_wall is None or not problem.corrections:
        return None
    first, best = problem.corrections[0], problem.corrections[-1]
    return {
        "values_by": type(problem.reported_wall).__name__, "own_first": first.own, "own_best": best.own,
        "own_reduction": (first.own - best.own) / abs(first.own),
        "available": isfinite(first.corrected) and isfinite(best.corrected), "settled": best.settled,
    }


def write_summary(folder: Path, summary: dict) -> None:
    """Writes a summary as summary.json. Raises SimulationError for a number that is not finite, and OSError."""
    _require_finite(summary, "")
    folder.mkdir(parents=True, exist_ok=True)
    with replace_file(folder / "summary.json") as path:
        path.write_text(json.dumps(summary, indent=2) + "\n")


def _require_finite(value: Any, place: str) -> None:
    """Checks numbers in nested mappings and sequences; `place`: names on the way to the value."""
    if isinstance(value, float) and not math.isfinite(value):
        raise SimulationError(f"{place} is {value}, but a result has to be finite: the flow or the observable is unsound")
    nested = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for name, each in nested:
        _require_finite(each, f"{place}.{name}" if place else str(name))


def normal_sensitivity(mesh: TriangleMesh, points_gradient: np.ndarray) -> np.ndarray:
    """Sensitivity of C_d to outward displacement of points per area: (g . n) / |a| [1 / m^3], (n,)."""
    area = mesh.point_areas
    square = np.einsum("ij,ij->i", area, area)
    along = np.einsum("ij,ij->i", points_gradient, area)
    return np.divide(along, square, out=np.zeros_like(along), where=square > 0.0)

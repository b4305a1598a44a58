"""What a run or a drag study leaves on disk: a results stage over the user's scene, volumes, history, pictures."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from .flow import TunnelFlow
from .geometry import TriangleMesh
from .io.files import append_csv, claim_folder, replace_file
from .io.images import before_after, convergence, one_slice
from .io.nvdb import write_nvdb
from .io.vdb import write_vdb
from .optimize import OptimizeResult, Record
from .snapshot import Snapshot, point_areas
from .study import DragProblem, Iterate, SecondGrid
from .tunnel import TunnelPlan
from .usd import PrimOps, ResultsStage, Scene

_OWNED = ("*_results.usda", "*_layer.usdc", "*.vdb", "*.nvdb", "history.csv", "*.png", "summary.json")


class StudyFolder:
    """Writes results as they come; whatever ends the run, all finished iterations are readable.

    `stage.path`, CASE_results.usda, is the file to open in a viewer; the scene itself is never written.
    Raises OutputExistsError for a folder that holds files, unless `overwrite`; then a former run's files are removed.
    """

    def __init__(
        self, folder: str | Path, scene: Scene, plan: TunnelPlan, *, overwrite: bool = False, ops: PrimOps | None = None
    ):
        """`ops`: those that the study varies; their numbers are then written, and points only where these do not follow."""
        self.plan = plan
        self.ops = ops
        self.body = scene.body(plan.obstacle)
        if ops is not None:
            ops.require_above(self.body)
        self.folder = claim_folder(folder, overwrite=overwrite, owned=_OWNED)
        self.stage = ResultsStage(
            scene.path, self.folder, Path(scene.path).stem, overwrite=overwrite, variants=scene.variants
        )
        self.stage.add_camera(plan.bounds)
        self.history: list[Record] = []
        self._first: Snapshot | None = None
        up = "XYZ".index(scene.up_axis)
        self._slice_axis = next(k for k in (1, 2, 0) if k not in (plan.tunnel.axis, up))
        """Slices are cut across it: level and not along the flow, so that they show the flow from the side."""

    def add(self, iterate: Iterate) -> None:
        """An iteration: the shape and its sensitivity as time samples, a row of history.csv."""
        number = iterate.record.iteration
        if self.ops is not None:
            self.stage.add_transform(self.ops, number, self.ops.deformation.values(iterate.record.x))
        sensitivity = normal_sensitivity(self.plan.mesh.with_points(iterate.points), iterate.points_gradient)
        if np.isfinite(sensitivity).all():
            self.stage.add_surface_fields(self.body, {"sensitivity": sensitivity}, iteration=number)
        if self.ops is None or not self.ops.carries(self.body):
            self.stage.add_iteration(self.body, number, iterate.points)
        append_csv(self.folder / "history.csv", iterate.record.row())
        self._first = self._first or self._snapshot(iterate.flow)
        self.history.append(iterate.record)

    def add_flow(self, snapshot: Snapshot, points: np.ndarray) -> None:
        """A flow around the obstacle's points [m]: in the stage, as volumes, and a slice as a picture."""
        mesh = self.plan.mesh.with_points(points)
        self.stage.add_surface_fields(self.body, {"pressure": snapshot.surface_pressure(mesh)}, colour_by="pressure")
        positions, speed, solid = self._slice(snapshot)
        self.stage.add_slice("speed", positions, np.where(solid > 0.5, np.nan, speed), field_name="speed")
        one_slice(self.folder / "slice.png", speed, extent=self._extent, solid=solid, label="speed [m/s]")
        lines, speeds = snapshot.streamlines(self._seeds(mesh), steps=4 * max(self.plan.shape))
        if lines:
            self.stage.add_streamlines("flow", lines, speeds, field_name="speed")
        self._add_volumes(snapshot)
        self.stage.save()

    def finish_run(self, flow: TunnelFlow, drag: float) -> dict:
        """The flow of a run without optimisation, whose C_d is `drag`; returns the summary."""
        self.add_flow(self._snapshot(flow), self.plan.mesh.points)
        force = drag * self.plan.reference_force
        settled = {"steps": flow.settled.steps, "converged": flow.settled.converged} if flow.settled else {}
        return self._summarise({"drag_coefficient": drag, "drag_force": force, **settled})

    def finish(self, problem: DragProblem, result: OptimizeResult, second: SecondGrid | None = None) -> dict:
        """The best design's flow (unless the study was interrupted), pictures, and the summary, which is returned."""
        points, drag = problem.deformation.points(result.x), result.objective
        if result.stopped != "interrupted":
            drag = problem.drag(result.x)
            last = self._snapshot(problem.flow)
            self.add_flow(last, points)
            self._draw_slices(self._first or last, last)
        if self.history:
            convergence(self.folder / "convergence.png", self.history, label="drag coefficient")
        first = result.history[0].objective
        return self._summarise({
            "drag_coefficient_first": first, "drag_coefficient_best": drag, "reduction": 1.0 - drag / first,
            "volume_change": self.plan.mesh.with_points(points).volume / self.plan.mesh.volume - 1.0,
            "feasible": result.feasible, "stopped": result.stopped, "iterations": result.iterations,
            "evaluations": result.evaluations, "seconds": round(result.seconds, 3),
            "recheck": [{**asdict(each), "difference": each.difference} for each in problem.checks],
            "second_grid": second and {**asdict(second), "reduction": second.reduction},
        })  # fmt: skip

    def _snapshot(self, flow: TunnelFlow) -> Snapshot:
        return Snapshot.of(flow.simulation, self.plan.units)

    def _add_volumes(self, snapshot: Snapshot) -> None:
        grids = snapshot.grids()
        write_vdb(self.folder / "fields.vdb", grids)
        for grid in grids:
            write_nvdb(self.folder / f"{grid.name}.nvdb", grid)
            self.stage.add_volume(grid.name, "fields.vdb", grid.name, bounds=self.plan.bounds)

    def _slice(self, snapshot: Snapshot) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The slice through the body as it was read."""
        return snapshot.slice(self._slice_axis, float(self.plan.mesh.centroid[self._slice_axis]))

    @property
    def _extent(self) -> tuple[float, float, float, float]:
        """Bounds of the slice [m]: horizontal, then vertical."""
        u, v = [k for k in range(3) if k != self._slice_axis]
        low, high = self.plan.bounds
        return float(low[u]), float(high[u]), float(low[v]), float(high[v])

    def _seeds(self, mesh: TriangleMesh, count: int = 9) -> np.ndarray:
        """A square of points near the inlet, a little wider than the body."""
        low, high = mesh.bounds
        margin = 0.15 * (high - low)
        ticks = [np.linspace(low[k] - margin[k], high[k] + margin[k], count) for k in range(3)]
        ticks[self.plan.tunnel.axis] = self.plan.bounds[0][[self.plan.tunnel.axis]] + 2.0 * self.plan.voxel_size
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).reshape(-1, 3)

    def _draw_slices(self, first: Snapshot, last: Snapshot) -> None:
        (_, before, solid_before), (_, after, solid_after) = self._slice(first), self._slice(last)
        before_after(
            self.folder / "slices.png", before, after, extent=self._extent,
            solid_before=solid_before, solid_after=solid_after, label="speed [m/s]",
        )  # fmt: skip

    def _summarise(self, found: dict) -> dict:
        """What was run and what was found, also as summary.json."""
        summary = {
            "obstacle": self.plan.obstacle, "reynolds": self.plan.tunnel.reynolds, "voxel_size": self.plan.voxel_size,
            "cells": self.plan.cells, "cells_across": self.plan.cells_across,
            "frontal_area": self.plan.frontal_area, "reference_force": self.plan.reference_force, **found,
        }  # fmt: skip
        with replace_file(self.folder / "summary.json") as path:
            path.write_text(json.dumps(summary, indent=2) + "\n")
        return summary


def normal_sensitivity(mesh: TriangleMesh, points_gradient: np.ndarray) -> np.ndarray:
    """d C_d for a point's outward movement, per area: (g . n) / |a| [1 / m^3], (n,)."""
    area = point_areas(mesh)
    square = np.einsum("ij,ij->i", area, area)
    along = np.einsum("ij,ij->i", points_gradient, area)
    return np.divide(along, square, out=np.zeros_like(along), where=square > 0.0)

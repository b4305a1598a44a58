"""What a drag study leaves on disk: a results stage over the user's scene, volumes, history, pictures."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from .io.files import append_csv, claim_folder, replace_file
from .io.images import before_after, convergence
from .io.nvdb import write_nvdb
from .io.vdb import write_vdb
from .optimize import OptimizeResult, Record
from .snapshot import Snapshot, point_areas
from .study import DragProblem, Iterate, SecondGrid
from .tunnel import TunnelPlan
from .usd import Body, ResultsStage, Scene

_OWNED = ("*_results.usda", "*_layer.usdc", "*.vdb", "*.nvdb", "history.csv", "*.png", "summary.json")


class StudyFolder:
    """Writes a study's results as they come; whatever ends the run, all finished iterations are readable.

    `CASE_results.usda` is the file to open. Raises OutputExistsError for a folder with files unless `overwrite`.
    """

    def __init__(self, folder: str | Path, scene: Scene, body: Body, plan: TunnelPlan, *, overwrite: bool = False):
        self.folder = claim_folder(folder, overwrite=overwrite, owned=_OWNED)
        self.scene, self.body, self.plan = scene, body, plan
        self.stage = ResultsStage(scene.path, self.folder, Path(scene.path).stem, overwrite=overwrite)
        self.stage.add_camera(plan.bounds)
        self.history: list[Record] = []

    def add(self, iterate: Iterate) -> None:
        """An iteration: the shape and its sensitivity as time samples, a row of history.csv."""
        record = iterate.record
        mesh = self.body.mesh.with_points(iterate.points)
        self.stage.add_surface_fields(
            self.body, {"sensitivity": normal_sensitivity(mesh, iterate.points_gradient)}, iteration=record.iteration
        )
        self.stage.add_iteration(self.body, record.iteration, iterate.points)
        append_csv(self.folder / "history.csv", record.row())
        self.history.append(record)

    def finish(self, problem: DragProblem, result: OptimizeResult, first: Snapshot, second: SecondGrid | None) -> dict:
        """The best design's flow: surface pressure, slice, streamlines, volumes, pictures; returns the summary."""
        points = problem.deformation.points(result.x)
        problem.move(points)
        drag = problem.settle()
        last = Snapshot.of(problem.simulation, self.plan.units)
        self.add_flow(last, points)
        convergence(self.folder / "convergence.png", self.history, label="drag coefficient")
        self._draw_slices(first, last)
        summary = self._summary(problem, result, drag, points, second)
        with replace_file(self.folder / "summary.json") as path:
            path.write_text(json.dumps(summary, indent=2) + "\n")
        return summary

    def add_flow(self, snapshot: Snapshot, points: np.ndarray) -> None:
        """A flow in the stage and as volumes."""
        mesh = self.body.mesh.with_points(points)
        self.stage.add_surface_fields(self.body, {"pressure": snapshot.surface_pressure(mesh)}, colour_by="pressure")
        positions, speed, solid = snapshot.slice(self._slice_axis, float(mesh.centroid[self._slice_axis]))
        self.stage.add_slice("speed", positions, np.where(solid > 0.5, np.nan, speed), field_name="speed")
        lines, speeds = snapshot.streamlines(self._seeds(mesh), steps=4 * max(self.plan.shape))
        self.stage.add_streamlines("flow", lines, speeds, field_name="speed")
        grids = snapshot.grids()
        write_vdb(self.folder / "fields.vdb", grids)
        for grid in grids:
            write_nvdb(self.folder / f"{grid.name}.nvdb", grid)
            self.stage.add_volume(grid.name, "fields.vdb", grid.name, bounds=self.plan.bounds)
        self.stage.save()

    @property
    def _slice_axis(self) -> int:
        """The axis across which slices are cut: level, so that a slice shows the flow from the side."""
        up = "XYZ".index(self.scene.up_axis)
        return next(k for k in (1, 2, 0) if k not in (self.plan.tunnel.axis, up))

    def _seeds(self, mesh, count: int = 9) -> np.ndarray:
        """A square of points upstream of the body, a little wider than it."""
        low, high = mesh.bounds
        axis = self.plan.tunnel.axis
        ticks = [np.linspace(low[k] - 0.15 * (high - low)[k], high[k] + 0.15 * (high - low)[k], count) for k in range(3)]
        ticks[axis] = np.array([self.plan.bounds[0][axis] + 2.0 * self.plan.tunnel.voxel_size])
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).reshape(-1, 3)

    def _draw_slices(self, first: Snapshot, last: Snapshot) -> None:
        axis, position = self._slice_axis, float(self.body.mesh.centroid[self._slice_axis])
        (centres, before, solid_before), (_, after, solid_after) = (s.slice(axis, position) for s in (first, last))
        u, v = [k for k in range(3) if k != axis]
        low, high = self.plan.bounds
        before_after(
            self.folder / "slices.png", before, after, extent=(low[u], high[u], low[v], high[v]),
            solid_before=solid_before, solid_after=solid_after, label="speed [m/s]",
        )  # fmt: skip

    def _summary(self, problem: DragProblem, result: OptimizeResult, drag: float, points: np.ndarray, second: SecondGrid | None) -> dict:
        volume, first = self.body.mesh.volume, self.history[0].objective
        return {
            "obstacle": self.plan.obstacle, "reynolds": self.plan.tunnel.reynolds, "voxel_size": self.plan.tunnel.voxel_size,
            "cells_across": self.plan.length / self.plan.tunnel.voxel_size, "drag_coefficient_first": first,
            "drag_coefficient_best": drag, "reduction": 1.0 - drag / first,
            "volume_change": self.body.mesh.with_points(points).volume / volume - 1.0,
            "iterations": result.iterations, "evaluations": result.evaluations, "stopped": result.stopped,
            "seconds": result.seconds, "second_grid": second and {**asdict(second), "reduction": second.reduction},
        }  # fmt: skip


def normal_sensitivity(mesh, points_gradient: np.ndarray) -> np.ndarray:
    """d C_d for a point's outward movement, per area: (g . n) / |a| [1 / m^3], (n,)."""
    area = point_areas(mesh)
    size = np.maximum(np.linalg.norm(area, axis=1), 1e-300)
    return np.einsum("ij,ij->i", points_gradient, area) / size**2

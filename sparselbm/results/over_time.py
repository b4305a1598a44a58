"""Files of a run over time: the series of its values, their plot, the frames of its fields and drawings, and mean fields."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ..errors import OutputFolderError
from ..estimate.memory import shortage
from ..files.lost_results import lost_alone
from ..files.nvdb import write_nvdb
from ..files.restarts import Resumable
from ..files.vdb import write_vdb
from ..flows import Flow, FlowSetup, SteadyRun, TransientRun
from ..flows.runs.velocity_change import RESIDUALS
from ..observe.monitor import MEAN_FIELDS_BYTES, Action, Csv, EverySeconds, FieldMeans, Monitor, SeriesFolder
from ..scene.usd import Scene
from .draw import Drawing, VolumeGrids, draw_all
from .fields import FlowFrame
from .history_plot import draw_history
from .images import curves
from .stage import ResultsStage

_VOLUME_BYTES, _DRAWING_BYTES = 32, 50
"""Size of the volumes of a frame per cell, and of another drawing per cell of the largest section [bytes]."""


class OverTime(Resumable):
    """Writer of a flow while it is run; frames are drawn as the flow is drawn at the end."""

    def __init__(
        self, stage: ResultsStage, scene: Scene, draw: tuple[Drawing, ...], moment: Callable[[Flow], FlowFrame], *,
        title: str, references: Mapping[str, float] = MappingProxyType({}),
    ):
        """`moment`: returns the current flow for drawings; `title`: of plots; `references`: sizes of values by their units."""
        self._stage, self._scene, self._draw, self._moment, self._title = stage, scene, draw, moment, title
        self._references = references
        self._folder: Path = stage.folder
        self._means: FieldMeans | None = None
        self.parts: dict[str, Resumable] = {}
        """Further parts of a run that are stored in its restart files, such as statistics of the wall shear stress."""
        self.during_statistics: list[Callable[[Flow], None]] = []
        """Functions that are called with the flow at each sample of the statistics, such as those of the wall shear stress."""
        self._times: list[float] = []
        self._codes: list[float] = []

    def saved(self):
        means = None if self._means is None else self._means.saved()
        parts = {name: each.saved() for name, each in self.parts.items()}
        return {"times": self._times, "codes": self._codes, "means": means, "stage": self._stage.saved(), "parts": parts}

    def restore(self, state):
        self._times, self._codes = state["times"], state["codes"]
        if self._means is not None:
            self._means.restore(state["means"])
        self._stage.restore(state["stage"])
        for name, each in self.parts.items():
            each.restore(state["parts"][name])

    @property
    def files(self) -> SeriesFolder:
        """Folder of time_series.csv."""
        return SeriesFolder(self._folder, overwrite=True)

    def require_room(self, setup: FlowSetup, run: SteadyRun | TransientRun) -> None:
        """Raises OutputFolderError for more frames than the free space of the disk holds, by an estimate of their size, and the
        error of the set-up if the mean fields do not fit in memory."""
        if isinstance(run, SteadyRun):
            return
        needed = setup.memory + setup.cells * MEAN_FIELDS_BYTES
        if found := shortage(f"{setup.cells:.3g} cells and their mean fields", needed, setup.voxel_size, setup.device):
            raise setup.memory_error(found)
        if run.output_every is None:
            return
        volumes = sum(1.0 / each.every for each in self._draw if isinstance(each, VolumeGrids))
        section = min(float(np.prod(np.sort(np.ptp(setup.bounds, axis=0) / setup.voxel_size)[1:])), setup.cells)
        size = setup.cells * volumes * _VOLUME_BYTES + len(self._draw) * _DRAWING_BYTES * section
        free = shutil.disk_usage(self._folder).free
        if run.outputs * size > free:
            raise OutputFolderError(
                f"an output every {run.output_every:.4g} s makes {run.outputs:,} frames of about {size / 1e6:.3g} MB, "
                f"{run.outputs * size / 1e9:.3g} GB in all, but {self._folder} has {free / 1e9:.3g} GB free: use a larger "
                "output_every, fewer drawings, or another folder"
            )

    def shown(self, flow: Flow) -> tuple[Drawing, ...]:
        """Drawings of the flow at the end of a run: after one of a duration, those that show a flow that changes."""
        return tuple(each for each in self._draw if each.over_time or flow.transient is None)

    def monitors(self, flow: Flow, run: TransientRun) -> Mapping[str, Monitor]:
        """Monitors that draw the flow at each output time, and that add it to the mean fields during the statistics."""
        units, rate = flow.setup.units, self._rate(run)
        self._means = means = FieldMeans(flow.simulation)

        def add() -> None:
            if flow.time >= run.statistics_begin:
                means.add()
                for each in self.during_statistics:
                    each(flow)

        found = {"mean fields": Action(add, run.recording(units, flow.setup.flow_through_steps))}
        if run.output_every is not None:
            every = run.output_every
            self._stage.scales.expect_frames()
            shown = [each for each in self._draw if each.over_time]

            def draw() -> None:
                self._times.append(flow.time)
                # The step nearest to an output time stands for it, so that a viewer's whole frames show it.
                nominal = round(flow.time / every) * every
                self._codes.append(round(nominal * rate, 6))
                self._place(flow, self._codes[-1])
                draw_all(shown, self._stage, replace(self._moment(flow), time=flow.time), self._codes[-1])

            found["frames"] = Action(draw, EverySeconds(run.output_every, units))
        return found

    def found(self, flow: Flow) -> dict:
        """Results for the summary."""
        result = flow.transient or flow.steady
        found = {} if result is None else result.to_json()
        return {**found, "output_times": self._times, "output_codes": self._codes} if self._times else found

    def finish(self, flow: Flow) -> None:
        """Plots the recorded values, writes mean fields, and fixes the colours of all frames.

        A file that cannot be written is left out, with a ResultLostWarning.
        """
        with lost_alone("the places of moving bodies at the end"):
            self._place(flow, None)
        with lost_alone("history.png"):
            self._draw_history(flow)
        with lost_alone(f"{RESIDUALS}.png"):
            self._draw_residuals()
        if flow.transient is not None:
            with lost_alone("the common colours of all frames"):
                self._unify_colours(flow.transient.run)
            with lost_alone("mean fields"):
                self._write_means(flow)

    def _draw_history(self, flow: Flow) -> None:
        """Plots the recorded values over time."""
        if flow.series is not None and len(flow.series):
            half = 0.5 * float(flow.series.values[-1, 0])
            begin = half if flow.transient is None else flow.transient.run.statistics_begin
            draw_history(self._folder / "history.png", flow.series, title=self._title, begin=begin, references=self._references)

    def _unify_colours(self, run: TransientRun) -> None:
        """Gives all frames the colours of the values during the statistics."""
        if run.output_every is not None:
            self._stage.scales.unify(run.statistics_begin * self._rate(run))
            self._stage.save()

    def _draw_residuals(self) -> None:
        """Plots the residuals, if there are two or more."""
        path = self._folder / f"{RESIDUALS}.csv"
        found = Csv().read(path).values[1:] if path.is_file() else np.empty((0, 2))
        if len(found) > 1:
            label = "change of the velocity per interval, relative"
            points = {"": found[found[:, 1] > 0.0].tolist()}
            curves(path.with_suffix(".png"), points, across="time [s]", label=label, title=self._title, logarithmic=True)

    def _place(self, flow: Flow, code: float | None) -> None:
        """Writes the present positions of the moving bodies at a time code; None: at the default time."""
        bodies = flow.bodies
        for name in () if bodies is None else bodies.names:
            self._stage.place_body(self._scene.body(name), bodies.points(name), code)  # type: ignore[union-attr]

    def _write_means(self, flow: Flow) -> None:
        """Writes mean fields as volumes, if there were any samples."""
        if self._means is None or not self._means.samples:
            return
        grids = self._means.fields(flow.setup.units).grids()
        write_vdb(self._folder / "mean_fields.vdb", grids)
        for grid in grids:
            write_nvdb(self._folder / f"{grid.name}.nvdb", grid)

    def _rate(self, run: TransientRun) -> float:
        """Time codes of the stage per simulated second."""
        return self._stage.playback.codes_per_second / run.playback_speed

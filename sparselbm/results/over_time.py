"""Files of a run over time: the series of its values, their plot, and the fields and drawings of each output time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputFolderError
from ..flows import Flow, FlowSetup, SteadyRun, TransientRun
from ..observe.monitor import EverySeconds, Monitor, Sampler, Schedule, SeriesFolder
from .draw import Drawing, FlowFrame, VolumeGrids, draw_all
from .history_plot import draw_history
from .stage import ResultsStage

_VOLUME_BYTES, _DRAWING_BYTES = 32, 80
"""Size of the volumes of a frame per cell, and of another drawing per cell of a section [bytes]."""


@dataclass(frozen=True, eq=False)
class OverTime:
    """What is written of a flow while it is run. Frames are drawn as the writer of the results draws the flow at the end."""

    folder: Path
    stage: ResultsStage
    draw: tuple[Drawing, ...]
    moment: Callable[[Flow], FlowFrame]
    """The current flow, for drawings."""

    @property
    def files(self) -> SeriesFolder:
        """Folder of time_series.csv."""
        return SeriesFolder(self.folder, overwrite=True)

    def require_room(self, setup: FlowSetup, run: SteadyRun | TransientRun) -> None:
        """Raises OutputFolderError for more frames than the free space of the disk holds, by an estimate of their size."""
        if isinstance(run, SteadyRun) or run.output_every is None:
            return
        volumes = sum(isinstance(each, VolumeGrids) for each in self.draw)
        others = len(self.draw) - volumes
        size = int(setup.cells * volumes * _VOLUME_BYTES + others * _DRAWING_BYTES * setup.cells ** (2.0 / 3.0))
        free = shutil.disk_usage(self.folder).free
        if run.outputs * size > free:
            raise OutputFolderError(
                f"an output every {run.output_every:.4g} s makes {run.outputs:,} frames of about {size / 1e6:.3g} MB, "
                f"{run.outputs * size / 1e9:.3g} GB in all, but {self.folder} has {free / 1e9:.3g} GB free: use a larger "
                "output_every, fewer drawings, or another folder"
            )

    def monitors(self, flow: Flow, run: TransientRun) -> Mapping[str, Monitor]:
        """Monitors that write and draw the fields at each output time."""
        if run.output_every is None:
            return {}
        shown = [each for each in self.draw if each.over_time]
        rate = self._rate(run)

        def draw() -> None:
            draw_all(shown, self.stage, self.moment(flow), flow.time * rate)

        return {"frames": Frames(draw, EverySeconds(run.output_every, flow.setup.units))}

    def finish(self, flow: Flow) -> dict:
        """Plots the recorded values, and fixes the colours of all frames; returns results for the summary."""
        result = flow.transient or flow.steady
        if flow.series is not None:
            half = 0.5 * float(flow.series.values[-1, 0])
            begin = half if flow.transient is None else flow.transient.run.statistics_begin
            draw_history(self.folder / "history.png", flow.series, title=flow.setup.headline.partition(", on")[0], begin=begin)
        if flow.transient is not None:
            self.stage.unify_scales(flow.transient.run.statistics_begin * self._rate(flow.transient.run))
        return {} if result is None else result.to_json()

    def _rate(self, run: TransientRun) -> float:
        """Time codes of the stage per simulated second."""
        return self.stage.playback.codes_per_second / run.playback_speed


@dataclass(frozen=True, eq=False)
class Frames(Monitor):
    """Function that is called at the instants of a schedule, such as one that draws the flow: no columns."""

    draw: Callable[[], None]
    every: Schedule

    def columns(self, simulation):
        return ()

    def bind(self, simulation):
        return _FrameSampler(self.draw)


class _FrameSampler(Sampler):
    def __init__(self, draw: Callable[[], None]):
        self._draw = draw

    def take(self):
        self._draw()
        return ()

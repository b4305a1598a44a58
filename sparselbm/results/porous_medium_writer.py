"""Results of the flow through a voxel image on disk: a results stage, volumes, a slice, a summary."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..flows import Flow, PorousMediumSetup
from ..observe import Snapshot
from ..scene.usd import Scene
from .draw import Drawing, SurfaceValues, draw_all
from .fields import FlowFrame
from .run_record import run_record
from .slice_picture import draw_slices
from .writer import DRAWN, claimed, completed, report_summary


class PorousMediumWriter:
    """Writer of the results of a flow through an image; open `stage.path`, CASE_results.usda, in a viewer.

    Raises OutputExistsError for a folder that is not empty, unless `overwrite`; then the files of an earlier run are removed.
    """

    def __init__(
        self, folder: str | Path, scene: Scene, setup: PorousMediumSetup, *, overwrite: bool = False,
        draw: Sequence[Drawing] = DRAWN, origin: Mapping[str, Any] = MappingProxyType({}), resume: bool = False,
    ):
        """`origin`: command, options and case of the run, for the summary; `resume`: whether an interrupted run in the folder is
        continued."""
        self.origin = origin
        self.draw = tuple(each for each in draw if not isinstance(each, SurfaceValues))  # An image has no surface.
        self.body = scene.bodies[0]
        self.folder, self.stage = claimed(folder, scene, overwrite=overwrite, resume=resume)
        self.stage.add_camera(setup.bounds)
        self._up = "XYZ".index(scene.up_axis)

    def add_flow(self, flow: Flow) -> None:
        """Draws a flow at its end."""
        setup = flow.setup
        assert isinstance(setup, PorousMediumSetup)
        entering = setup.domain.fluid & (setup.domain.cell_indices()[..., setup.axis] == 0)
        frame = FlowFrame(
            Snapshot.of(flow.simulation, setup.units), self.body, self.body.mesh,
            viscosity=setup.units.density * setup.units.viscosity, direction=tuple(np.eye(3)[setup.axis].tolist()),
            up=self._up, density=setup.units.density, velocity=setup.units.velocity, starts=setup.domain.cell_centres()[entering],
        )
        draw_all(self.draw, self.stage, frame, None)
        title = f"{self.stage.case_name}, flow along {'xyz'[setup.axis]}"
        draw_slices(self.folder, self.draw, frame, title=title)

    def finish(
        self, flow: Flow, found: Mapping[str, Any], *, report: Callable[[dict], None] = lambda summary: None
    ) -> dict:
        """Writes summary.json, and returns it. `flow`: the one that was drawn; `found`: the results.

        `report` is called with the summary before it is written. Raises OSError if it cannot be written.
        """
        summary = {**found, "doubts": list(flow.setup.doubts), "run": {**self.origin, **run_record(flow)}}
        report_summary(summary, report)
        return completed(self.folder, summary)

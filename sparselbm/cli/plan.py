"""Runs that a command starts, or that `inspect` reports: one, or several of a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from ..case import Case
from ..errors import OptionError
from ..flows import FlowSetup, SteadyRun, TransientRun
from ..observe import Functional, Restart
from ..results.draw import Drawing
from ..scene.usd import Scene
from . import options as o
from .drawings import drawings_of
from .job_of import job_of
from .jobs import Job
from .one_box import in_one_box
from .overrides import Overrides, output_of
from .stored import stored_drawings
from .sweep import sweep_points

Output = Annotated[Path | None, o.output("results/NAME_OF_THE_CASE")]

RestartFrom = Annotated[
    Path | None,
    o.option(
        "--restart", "Start from velocity.nvdb and pressure.nvdb in a folder of results; the cell size may differ.",
        metavar="FOLDER",
    ),
]


@dataclass(frozen=True)
class PlannedRun:
    """A checked run."""

    case: Case
    scene: Scene
    setup: FlowSetup
    job: Job
    run: SteadyRun | TransientRun
    """Run to steady state, or for a duration."""
    objective: Functional | None
    """Observable of the user's own."""
    drawn: Sequence[Drawing]
    """Drawings in the results."""
    folder: Path
    """Folder of the results."""
    origin: dict[str, Any]
    """Command, options and case."""
    swept: Mapping[str, str]
    """Values of a sweep by name."""
    labels: Mapping[str, str]
    """Their names in words."""


@dataclass(frozen=True)
class Plan:
    """All that is known before the first step."""

    runs: dict[str, PlannedRun]
    """Runs by the name of their folder; a single one has an empty name."""
    start: Restart | None
    """Flow from which they start."""
    folder: Path
    """Folder that contains all results."""

    @classmethod
    def of(
        cls, options: Overrides, *, sweep: Sequence[str] | None, restart: Path | None, device: str | None, output: Path | None,
        draw: list[str] | None, read: Scene | None = None,
    ) -> Plan:
        """The runs that the options describe. Raises the errors of everything that cannot be run.

        `read`: the scene of the case, if it has been read already.
        """
        place, drawn = o.device_of(device), drawings_of(draw)
        start = None if restart is None else Restart.read(restart)  # Before its folder is emptied by --overwrite.
        points = list(sweep_points(options, sweep or ()))
        scenes = [read if read is not None and not sweep else options.scene(each.case) for each in points]
        setups = [each.case.setup(read, place) for each, read in zip(points, scenes)]
        if points[0].in_one_box:
            setups = in_one_box(setups)
        whole = output_of(output, points[0].case)
        runs = {
            each.label: PlannedRun(
                each.case, read, setup, job_of(setup), each.case.flow_run(setup), each.case.user_objective,
                stored_drawings(each.case, drawn, setup), whole / each.label,
                options.origin(each.case), each.values, each.labels,
            )
            for each, read, setup in zip(points, scenes, setups)
        }
        for each in runs.values():
            if start is not None and isinstance(each.run, TransientRun) and each.run.ramp is not None:
                raise OptionError(
                    f"the ramp of {each.run.ramp:g} s begins with a flow at rest, but --restart begins with the flow of "
                    f"{restart}: give one of them"
                )
        return cls(runs, start, whole)

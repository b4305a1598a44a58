"""Runs that a command starts, or that `inspect` reports: one, or one for each variant of a prim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from ..errors import OptionError
from ..flows import FlowSetup, SteadyRun, TransientRun
from ..observe import Functional, Restart
from ..results.draw import Drawing
from ..scene.usd import Scene, variants_of
from . import options as o
from .drawings import drawings_of
from .job_of import job_of
from .jobs import Job
from .one_box import in_one_box
from .overrides import Overrides, output_of

Sweep = Annotated[
    str | None,
    o.option(
        "--sweep-variants",
        "Run every variant of a set, each in a folder with its name, all in the same box, which contains the box of each.",
        metavar="/PRIM:SET",
    ),
]

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

    scene: Scene
    setup: FlowSetup
    job: Job
    run: SteadyRun | TransientRun
    """Run to steady state, or for a duration."""
    objective: Functional | None
    """Observable of the user's own."""
    folder: Path
    """Folder of the results."""
    origin: dict[str, Any]
    """Command, options and case."""


@dataclass(frozen=True)
class Plan:
    """All that is known before the first step."""

    runs: dict[str, PlannedRun]
    """Runs by the name of the variant; a single one has an empty name."""
    start: Restart | None
    """Flow from which they start."""
    drawn: Sequence[Drawing]
    folder: Path
    """Folder that contains all results."""

    @classmethod
    def of(
        cls, options: Overrides, *, sweep_variants: str | None, restart: Path | None, device: str | None, output: Path | None,
        draw: list[str] | None, read: Scene | None = None,
    ) -> Plan:
        """The runs that the options describe. Raises the errors of everything that cannot be run.

        `read`: the scene of the case, if it has been read already.
        """
        place, drawn = o.device_of(device), drawings_of(draw)
        start = None if restart is None else Restart.read(restart)  # Before its folder is emptied by --overwrite.
        case = options.case()
        choices = variants_of(case.file, sweep_variants, case.scene.variants) if sweep_variants else ("",)
        cases = [options.case(f"{sweep_variants}={choice}") if choice else case for choice in choices]
        scenes = [options.scene(each) if read is None or choice else read for choice, each in zip(choices, cases)]
        setups = in_one_box([each.setup(read, place) for each, read in zip(cases, scenes)])
        whole = output_of(output, case)
        runs = {
            choice: PlannedRun(
                read, setup, job_of(setup), each.flow_run(setup), each.user_objective, whole / choice, options.origin(each)
            )
            for choice, each, read, setup in zip(choices, cases, scenes, setups)
        }
        for each in runs.values():
            if start is not None and isinstance(each.run, TransientRun) and each.run.ramp is not None:
                raise OptionError(
                    f"the ramp of {each.run.ramp:g} s begins with a flow at rest, but --restart begins with the flow of "
                    f"{restart}: give one of them"
                )
        return cls(runs, start, drawn, whole)

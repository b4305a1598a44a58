"""Restart files of the commands, and the option --resume."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import warp as wp

from ..case import Case
from ..errors import OutputExistsError, RestartError
from ..files.restarts import RestartWriter, difference, restart_files
from ..flows import FlowSetup, PorousMediumSetup
from ..release import package_version
from ..results.draw import Drawing
from ..results.run_record import complete_summary
from ..scene.usd import Scene
from . import options as o

Resume = Annotated[
    bool,
    o.flag(
        "--resume", "Continue an interrupted run of the same settings from the restart files in the folder of its results.",
        rich_help_panel="Output",
    ),
]

FOLDER = "restart"
"""Folder of the restart files in that of the results."""


def restarts_of(
    folder: Path, case: Case, scene: Scene, setup: FlowSetup, origin: Mapping[str, Any], *, draw: Sequence[Drawing],
    resume: bool, overwrite: bool,
) -> RestartWriter:
    """Writer of the restart files of a run, which with `resume` continues an interrupted run in the folder of its results.

    Raises RestartError if there is none, or if it had other settings, another scene or image, or another version;
    OutputExistsError if an interrupted run is neither continued nor to be replaced.
    """
    place = folder / FOLDER
    files = restart_files(place)
    if files and not (resume or overwrite):
        last = datetime.fromtimestamp(max(each.stat().st_mtime for each in files)).isoformat(" ", "minutes")
        raise OutputExistsError(
            f"{folder} holds an interrupted run, whose last restart file is of {last}: continue it with --resume, replace it "
            "with --overwrite, or choose another folder"
        )
    if resume and not files:
        raise RestartError(
            f"{place} has no restart file: no run there was interrupted after the first one (restartEvery is "
            f"{case.output.restart_every:g} min). Run it without --resume"
        )
    settings = _deciding(origin["case"]["settings"])
    settings.pop("scene")  # Its surfaces decide.
    image = {"pores of the image": _checksum(setup.pores.pore)} if isinstance(setup, PorousMediumSetup) else {}
    identity = {
        "version": package_version(), "command": origin["command"],
        "device": "cuda" if wp.get_device(setup.device).is_cuda else "cpu",
        **{f"surface of {each.path}": _checksum(each.mesh.points, each.mesh.faces) for each in scene.bodies},
        **image, **settings, "draw": [repr(each) for each in draw],
    }
    return RestartWriter(place, identity, every=60.0 * case.output.restart_every, resume=resume)


def is_finished(folder: Path, origin: Mapping[str, Any]) -> bool:
    """Whether the results in a folder are those of a run that has ended. Raises RestartError if it had other settings."""
    summary = complete_summary(folder)
    if summary is None or restart_files(folder / FOLDER):
        return False
    stored = summary.get("run", {}).get("case", {}).get("settings", {})
    if fault := difference(_deciding(stored), _deciding(origin["case"]["settings"]), ""):
        raise RestartError(f"the run in {folder} is finished, and cannot be resumed with other settings: {fault}")
    return True


def _deciding(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that decide the flow: all but those of the output."""
    return {name: value for name, value in settings.items() if name != "output"}


def _checksum(*arrays: np.ndarray) -> str:
    found = 0
    for each in arrays:
        found = zlib.crc32(np.ascontiguousarray(each).data, found)
    return f"checksum {found:08x}"


def continued(restarts: RestartWriter | None) -> str:
    """Advice after an interruption, as a further sentence; empty if there is no restart file."""
    return "" if restarts is None or not restarts.files else " The same command with --resume continues it."

"""Record of a run for its summary: all that is needed to repeat it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import warp as wp

from ..estimate.machine import describe_machine
from ..files.json_values import json_value
from ..flows import Flow, FlowSetup
from ..release import package_version


def setup_record(setup: FlowSetup) -> dict[str, Any]:
    """Version, machine, kind and settings of a set-up, and the properties that follow from them [SI]."""
    units, options = setup.units, getattr(setup, "options", None)
    return {
        "version": package_version(), "machine": asdict(describe_machine(wp.get_device(setup.device))),
        "kind": type(setup).__name__, "setup": {} if options is None else _fields(options),
        "velocity": units.velocity, "density": units.density, "viscosity": units.viscosity, "box": setup.bounds.tolist(),
        "voxel_size": units.voxel_size, "cells": setup.cells, "time_step": units.time_step, "relaxation_time": units.tau,
        "mach": units.mach,
    }


def run_record(flow: Flow) -> dict[str, Any]:
    """The same of a flow that has been run, with its convergence criterion, steps and wall time since it was built [s]."""
    return {
        **setup_record(flow.setup), "convergence": None if flow.criterion is None else _fields(flow.criterion),
        "steps": flow.simulation.steps, "wall_time": round(perf_counter() - flow.began, 3),
    }


def complete_summary(folder: Path) -> dict[str, Any] | None:
    """The summary in a folder; None without one, and before drawings and files have followed it."""
    path = folder / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return summary if summary.get("complete") else None


def finished(folder: Path, origin: Mapping[str, Any]) -> dict[str, Any] | None:
    """The summary in a folder, if it is of the same case by the same version, and no older than its files; else None.

    `origin`: command, options and case, as `ResultsWriter` stores them.
    """
    path, summary = folder / "summary.json", complete_summary(folder)
    if summary is None:
        return None
    run, case = summary.get("run", {}), origin["case"]
    files = [Path(name) for name in (case["file"], case["settings"]["scene"]["file"])]
    is_newer = any(file.is_file() and file.stat().st_mtime > path.stat().st_mtime for file in files)
    is_other = (run.get("case"), run.get("version")) != (case, package_version())
    return None if is_newer or is_other else summary


def _fields(value: Any) -> dict[str, Any]:
    """Fields of a dataclass as values for JSON."""
    return {name: json_value(each) for name, each in vars(value).items()}

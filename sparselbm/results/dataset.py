"""Folders of a sweep in the layout that models are trained on: run_1, run_2, ... with geometry, surface, volume and forces.

The names are those of the AhmedML and DrivAerML data sets (Ashton et al., arXiv 2407.20801 and 2408.11969); the volume is a VTK
image, since the cells are cubes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import OutputExistsError, ResultsError
from ..files.write import replace_file
from .formats.field_data import FieldData
from .formats.surfaces import BodySurfaces, write_stl, write_vtp
from .formats.vtkimage import write_vti
from .reader import Results

_FORCES = (
    "drag_coefficient", "lift_coefficient", "side_coefficient", "drag_force", "reference_area", "reference_length",
    "frontal_area",
)


def write_dataset(sweep: str | Path, folder: str | Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Writes the finished runs of a sweep into `folder`, numbered from 1; returns the folders of the runs.

    Each has NAME_1.stl, boundary_1.vtp, volume_1.vti, force_mom_1.csv and geo_parameters_1.csv; runs.csv lists them. Raises
    ResultsError for a folder without a sweep or a run without fields, and OutputExistsError for existing files, unless
    `overwrite`.
    """
    sweep, folder = Path(sweep), Path(folder)
    planned, summaries = _sweep_of(sweep)
    runs = [(label, Results.open(sweep / label)) for label in planned if label in summaries]
    for _, results in runs:
        results.require_fields()
    if folder.exists() and any(folder.iterdir()) and not overwrite:
        raise OutputExistsError(f"{folder} is not empty: choose another folder, or pass overwrite=True")
    folders = []
    for number, (label, results) in enumerate(runs, start=1):
        where = folder / f"run_{number}"
        where.mkdir(parents=True, exist_ok=True)
        surfaces, facts = BodySurfaces.of(results, results.shown), FieldData.of(results)
        with replace_file(where / f"{results.name}_{number}.stl") as path:
            write_stl(path, surfaces)
        with replace_file(where / f"boundary_{number}.vtp") as path:
            write_vtp(path, surfaces, facts)
        with replace_file(where / f"volume_{number}.vti") as path:
            write_vti(path, results.grids, facts)
        _write_row(where / f"force_mom_{number}.csv", {name: v for name, v in summaries[label].items() if name in _FORCES})
        _write_row(where / f"geo_parameters_{number}.csv", planned[label])
        folders.append(where)
    with replace_file(folder / "runs.csv") as path, path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["run", "folder", *next(iter(planned.values()))])
        writer.writerows([f"run_{k}", label, *planned[label].values()] for k, (label, _) in enumerate(runs, start=1))
    return tuple(folders)


def _sweep_of(sweep: Path) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, Any]]]:
    """Values by the label of each run, and the summaries of those that are finished."""
    try:
        found = json.loads((sweep / "sweep.json").read_text(encoding="utf-8"))
        planned, summaries = dict(found["runs"]), dict(found["summaries"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ResultsError(f"{sweep}: there is no sweep.json of a sweep; use the folder that `run --sweep` wrote") from None
    if not summaries:
        raise ResultsError(f"{sweep}: no run of the sweep is finished; continue it with the same command")
    return planned, summaries


def _write_row(path: Path, values: Mapping[str, Any]) -> None:
    with replace_file(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(values))
        writer.writeheader()
        writer.writerow(values)

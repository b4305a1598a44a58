"""Reader of the folder that `run` and `optimize` write."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import ResultsError
from ..files.grid import TileGrid
from ..files.read_nvdb import read_nvdb
from ..files.reading import refusals
from .fields import FIELDS as ALL_FIELDS
from .fields import CellField

FIELDS = ("velocity", "pressure")
SOLID = "solid"
"""Solid fraction of the cells."""
MEAN_FIELDS = ("mean_velocity", "mean_pressure", "velocity_variance", "velocity_covariance", "pressure_variance")


FURTHER_FIELDS = tuple(each.name for each in ALL_FIELDS if isinstance(each, CellField) and each.name not in FIELDS)
"""Fields that a case can name."""
OF_THE_FLOW = (*FIELDS, *FURTHER_FIELDS, *MEAN_FIELDS)
"""All fields that are no scalars."""


def field_file(name: str) -> str:
    """Name of the `.nvdb` file of a field, without its ending: that of the field, or `scalar_NAME`."""
    return name if name in (*FIELDS, *FURTHER_FIELDS, SOLID) else f"scalar_{name}"


@dataclass(frozen=True, eq=False)
class Results:
    """Results of a run or study: a stage over the scene, fields of the last flow, the history. Raises ResultsError."""

    folder: Path
    stage: Path
    """NAME_results.usda."""

    @classmethod
    def open(cls, folder: str | Path) -> Results:
        """Opens the results in a folder."""
        folder = Path(folder)
        stages = sorted(folder.glob("*_results.usda"))
        if len(stages) != 1:
            found = f"{len(stages)} stages *_results.usda, limit 1" if folder.is_dir() else "no such folder"
            deeper = sorted({str(each.parent) for each in folder.glob("*/*_results.usda")})
            hint = f"one of {', '.join(deeper)}" if deeper else "the folder that `run` or `optimize` wrote"
            raise ResultsError(f"{folder}: {found}; use {hint}")
        return cls(folder, stages[0])

    @property
    def name(self) -> str:
        """Name of the case."""
        return self.stage.name.removesuffix("_results.usda")

    def require_fields(self) -> None:
        """Raises ResultsError if velocity or pressure of a flow is missing."""
        missing = [f"{name}.nvdb" for name in FIELDS if not (self.folder / f"{name}.nvdb").is_file()]
        if missing:
            raise ResultsError(
                f"{self.folder}: {' and '.join(missing)} is missing; an interrupted study has shapes but no fields, "
                "and neither has a run without the drawing volumes: export glb, usdz, csv or json, complete the study, or "
                "repeat the run with --draw volumes"
            )

    @cached_property
    def grids(self) -> tuple[TileGrid, ...]:
        """Velocity [m / s], pressure [Pa], scalars, further fields and the solid fraction of the last flow written, and
        `MeanFields` of a run over time."""
        self.require_fields()
        means = [name for name in MEAN_FIELDS if (self.folder / f"{name}.nvdb").is_file()]
        names = (*map(field_file, self._fields), *means)
        return tuple(read_nvdb(self.folder / f"{name}.nvdb") for name in names)

    @property
    def _fields(self) -> tuple[str, ...]:
        """Names of the fields of a flow: velocity, pressure, scalars, further ones and the solid fraction."""
        further = (name for name in (*FURTHER_FIELDS, SOLID) if (self.folder / f"{name}.nvdb").is_file())
        return (*FIELDS, *self.summary.get("scalars", ()), *further)

    @cached_property
    def times(self) -> tuple[float, ...]:
        """Simulated times [s] at which fields were written, in order; empty without an output interval."""
        return tuple(self.summary.get("output_times", ()))

    @cached_property
    def codes(self) -> tuple[float, ...]:
        """Time codes of `times` in the stage."""
        return tuple(self.summary.get("output_codes", ()))

    @cached_property
    def frames(self) -> tuple[int, ...]:
        """Numbers of those of `times` at which there are volumes."""
        return tuple(
            number for number in range(len(self.times))
            if all((self.folder / f"{name}_{number:04d}.nvdb").is_file() for name in FIELDS)
        )

    def frame(self, number: int) -> tuple[TileGrid, ...]:
        """Fields at one of `times`, as in `grids`. Raises ResultsError if its volumes are missing."""
        paths = [self.folder / f"{field_file(name)}_{number:04d}.nvdb" for name in self._fields]
        missing = [path.name for path in paths if not path.is_file()]
        if missing:
            raise ResultsError(f"{self.folder}: {' and '.join(missing)} is missing: run again, with the volumes drawn")
        return tuple(read_nvdb(path) for path in paths)

    @cached_property
    def summary(self) -> dict:
        """Summary of the run; empty for an interrupted study."""
        path = self.folder / "summary.json"
        if not path.is_file():
            return {}
        with refusals(path, ResultsError):
            return dict(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def history(self) -> tuple[dict[str, float], ...]:
        """Iterations of a study, without design variables; empty for a run."""
        path = self.folder / "history.csv"
        if not path.is_file():
            return ()
        with refusals(path, ResultsError), open(path, newline="", encoding="utf-8") as file:
            return tuple({k: _number(v) for k, v in row.items() if k != "x"} for row in csv.DictReader(file))

    @property
    def iterations(self) -> tuple[float, ...]:
        """Time codes of the designs in the stage, in order; empty for a run."""
        return tuple(row["iteration"] for row in self.history)

    @property
    def best(self) -> float | None:
        """Iteration with the smallest objective among the feasible ones (among all if none is); None for a run."""
        feasible = [row for row in self.history if row["feasible"]] or list(self.history)
        return min(feasible, key=lambda row: row["objective"])["iteration"] if feasible else None

    @property
    def moments(self) -> tuple[float, ...]:
        """Time codes of the output times, or of the designs, where there are several."""
        codes = self.codes if len(self.codes) > 1 else self.iterations
        return codes if len(codes) > 1 else ()

    @property
    def shown(self) -> float | None:
        """Time code of what is exported where one state is: that of the best design, and of a run with moving bodies of the last
        output time; None: the default time."""
        moves = self.codes and "moving_bodies" in self.summary
        return self.codes[-1] if moves else self.best


def _number(text: str) -> float:
    """Parses a number, as an int if it is written as one."""
    return int(text) if text.lstrip("-").isdigit() else float(text)

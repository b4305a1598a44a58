"""Table of a sweep: sweep.csv with every number of the summaries, sweep.json with the summaries, and sweep.png."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..files.write import replace_file
from .images import curves

_NO_RESULTS = ("run", "doubts")


class SweepTable:
    """Results of a sweep so far, written again after each run, so that an interrupted sweep can be continued."""

    def __init__(self, folder: Path, *, box: str, plotted: tuple[str, str]):
        """`box`: description of the common box; `plotted`: key of the summary and the label of the plotted quantity."""
        self._folder, self._box, self._plotted = folder, box, plotted
        self._rows: dict[str, tuple[Mapping[str, str], dict[str, Any] | None]] = {}

    def plan(self, label: str, values: Mapping[str, str]) -> None:
        """Adds a run without results."""
        self._rows[label] = values, None

    def add(self, label: str, summary: dict[str, Any]) -> None:
        """Adds the results of a planned run, and writes the table."""
        self._rows[label] = self._rows[label][0], summary
        self.write()

    def write(self) -> None:
        """Writes all files into the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        done = {label: summary for label, (_, summary) in self._rows.items() if summary is not None}
        with replace_file(self._folder / "sweep.json") as path:
            planned = {label: dict(values) for label, (values, _) in self._rows.items()}
            path.write_text(json.dumps({"runs": planned, "box": self._box, "summaries": done}, indent=2) + "\n")
        if not done:
            return
        numbers = {label: dict(_numbers(summary)) for label, summary in done.items()}
        columns = list(dict.fromkeys(name for each in numbers.values() for name in each))
        with replace_file(self._folder / "sweep.csv") as path, path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["run", *next(iter(self._rows.values()))[0], *columns])
            for label, found in numbers.items():
                writer.writerow([label, *self._rows[label][0].values(), *(found.get(name, "") for name in columns)])
        self._plot(numbers)

    def _plot(self, numbers: Mapping[str, Mapping[str, float]]) -> None:
        """Curves of the plotted quantity over the last swept numbers, one for each combination of the other values."""
        key, label = self._plotted
        rows = [(self._rows[name][0], found[key]) for name, found in numbers.items() if key in found]
        varied = [name for name in next(iter(self._rows.values()))[0] if all(_is_number(values[name]) for values, _ in rows)]
        if not varied or len(rows) < 2:
            return
        across, found = varied[-1], {}
        for values, value in rows:
            others = ", ".join(f"{name} = {each}" for name, each in values.items() if name != across)
            found.setdefault(others, []).append((float(values[across]), value))
        curves(self._folder / "sweep.png", found, across=across, label=label)


def planned_runs(folder: Path) -> set[str]:
    """Names of the runs of an earlier sweep in a folder."""
    try:
        return set(json.loads((folder / "sweep.json").read_text(encoding="utf-8"))["runs"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _numbers(summary: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, float]]:
    """Numbers of nested mappings, with the names on the way to them."""
    for name, value in summary.items():
        if not head and name in _NO_RESULTS:
            continue
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{head}{name}.")
        elif isinstance(value, int | float):
            yield f"{head}{name}", value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

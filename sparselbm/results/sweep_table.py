"""Table of a sweep: sweep.csv with every number of the summaries, sweep.json with the summaries, and sweep.png."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..files.write import replace_file
from .images import curves

_NO_RESULTS = ("run", "doubts")


class SweepTable:
    """Results of a sweep so far, written again after each run, so that an interrupted sweep can be continued."""

    def __init__(
        self, folder: Path, *, box: str, plotted: tuple[str, str], title: str = "",
        labels: Mapping[str, str] = MappingProxyType({}),
    ):
        """`box`: description of the common box; `plotted`: key of the summary and the label of the plotted quantity, which is its
        name in statistics; `title`: of the plot; `labels`: of swept values, by name."""
        self._folder, self._box, self._plotted, self._title, self._labels = folder, box, plotted, title, labels
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
        self._plot(done)

    @property
    def window(self) -> str:
        """Window of the means that are plotted and printed for runs over time; empty for steady flows."""
        found = {_window(summary) for _, summary in self._rows.values() if summary is not None}
        return found.pop() if len(found) == 1 else "means over the window of each run" if any(found) else ""

    def _plot(self, summaries: Mapping[str, Mapping[str, Any]]) -> None:
        """Curves of the plotted quantity over the last swept numbers, one for each combination of the other values."""
        key, label = self._plotted
        rows = [(self._rows[name][0], _value(found, key, label)) for name, found in summaries.items() if key in found]
        varied = [name for name in next(iter(self._rows.values()))[0] if all(_is_number(values[name]) for values, _ in rows)]
        if not varied or len(rows) < 2:
            return
        across, found = varied[-1], {}
        for values, value in rows:
            others = ", ".join(f"{self._labels.get(name, name)} {each}" for name, each in values.items() if name != across)
            found.setdefault(others, []).append((float(values[across]), value))
        title = "\n".join(filter(None, (self._title, self.window)))
        curves(self._folder / "sweep.png", found, across=self._labels.get(across, across), label=label, title=title)


def _value(summary: Mapping[str, Any], key: str, label: str) -> float:
    """The plotted value: the mean over the window of the statistics, or that of the summary without them."""
    known = summary.get("statistics", {}).get("values", {})
    return known[label]["mean"] if label in known else summary[key]


def _window(summary: Mapping[str, Any]) -> str:
    """Window of the mean of a run over time; empty for a steady flow."""
    if "statistics" in summary:
        return f"means from {summary['statistics']['from']:.4g} to {summary['statistics']['to']:.4g} s"
    return f"values at {summary['duration']:.4g} s" if "duration" in summary else ""


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

"""Drag by iteration as a table, and all numbers of a folder as JSON."""

import csv
import json
from pathlib import Path

from ...errors import ResultsError
from ..reader import Results
from .export_format import ExportFormat


def force_rows(results: Results) -> list[dict[str, float]]:
    """Drag coefficient and force [N] of every iteration, with what else history.csv says of it; one row for a run.

    An interrupted study has no summary, and so no reference force: its force column is left out.
    """
    reference = results.summary.get("reference_force")
    if not results.history:
        if "drag_coefficient" not in results.summary:
            raise ResultsError(
                f"{results.folder}: no history.csv, and no drag in summary.json: nothing was finished here"
            )
        names = ("drag_coefficient", "drag_force", "steps", "converged")
        return [{name: results.summary[name] for name in names if name in results.summary}]
    return [
        {
            "iteration": row["iteration"], "drag_coefficient": row["objective"],
            **({} if reference is None else {"drag_force": row["objective"] * reference}),
            **{name: value for name, value in row.items() if name not in ("iteration", "objective")},
        }
        for row in results.history
    ]  # fmt: skip


def _table(results: Results, path: Path) -> None:
    rows = force_rows(results)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _summary(results: Results, path: Path) -> None:
    found = {"summary": results.summary, "iterations": force_rows(results)}
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


FORCES = ExportFormat((("forces.csv", _table),))
"""Spreadsheets, pandas."""
SUMMARY = ExportFormat((("results.json", _summary),))
"""Scripts."""

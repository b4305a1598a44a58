"""Drag per iteration as a table, and all numbers of a results folder as JSON."""

import csv
import json
from pathlib import Path

from ...errors import ResultsError
from ..reader import Results
from .export_format import ExportFormat

_DRAG = "drag coefficient"


def force_rows(results: Results) -> list[dict[str, float]]:
    """Drag coefficient and force [N] of every iteration, with the other columns of history.csv; one row for a run.

    The force is left out where the reference force is not known (an interrupted study has no summary), and both where the
    objective was another one than the drag coefficient, whose column is then called `objective`.
    """
    reference = results.summary.get("reference_force")
    if not results.history:
        if "drag_coefficient" not in results.summary:
            raise ResultsError(
                f"{results.folder}: there is no history.csv and no drag in summary.json, so no run was completed here"
            )
        names = ("drag_coefficient", "drag_force", "steps", "converged")
        return [{name: results.summary[name] for name in names if name in results.summary}]
    if results.summary.get("objective", _DRAG) != _DRAG:
        return list(results.history)
    return [
        {
            "iteration": row["iteration"], "drag_coefficient": row["objective"],
            **({} if reference is None else {"drag_force": row["objective"] * reference}),
            **{name: value for name, value in row.items() if name not in ("iteration", "objective")},
        }
        for row in results.history
    ]


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
"""For spreadsheets and pandas."""
SUMMARY = ExportFormat((("results.json", _summary),))
"""Scripts."""

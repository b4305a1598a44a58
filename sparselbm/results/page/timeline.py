"""Times of a page with their texts: iterations of an optimisation, times of a run over time, or frames of a steady flow."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...observe.monitor import Csv, Series
from ..history_plot import NOISE_BELOW
from ..reader import Results

if TYPE_CHECKING:
    from pxr import Usd

MOST_FRAMES = 200
MOST_POINTS = 1000
"""Largest number of points of a curve."""
DRAG = "drag coefficient"
_TIME = "time [s]"
_WORDS = {
    "drag_coefficient": (DRAG, ""), "pressure_drop": ("pressure drop", " Pa"), "permeability": ("permeability", " m^2"),
}
"""Results of a steady flow, in words and with their units, by their names in the summary."""


@dataclass(frozen=True)
class Moment:
    """One time of a page."""

    code: float | None
    """Time code in the stage; None: all times."""
    time: str
    """Iteration or time in words."""
    result: str = ""
    """Result at this time in words."""
    place: tuple[float, float] | None = None
    """Point on the curve."""


@dataclass(frozen=True)
class Curve:
    """Result over iterations or time."""

    across: str
    """Label of the horizontal axis."""
    label: str
    """Label of the values."""
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Timeline:
    """All times of a page."""

    moments: tuple[Moment, ...]
    start: int = 0
    """Number of the moment that is shown first: the best design, or the last time."""
    curve: Curve | None = None

    @classmethod
    def of(cls, read: Results, stage: Usd.Stage) -> Timeline:
        """The timeline of results and their stage."""
        if len(read.codes) > 1:
            return _over_time(read)
        # The stage of an optimised fluid volume has the best design alone.
        has_designs = read.history and "surface" not in read.summary
        return _designs(read, _codes(stage)) if has_designs else _frames(read, _codes(stage))


def headline(read: Results) -> str:
    """Reynolds number and, after a run over time, the mean drag coefficient, in words."""
    summary, texts = read.summary, []
    if isinstance(summary.get("reynolds"), int | float):
        texts.append(f"Reynolds number {summary['reynolds']:.4g}")
    statistics = summary.get("statistics") or {}
    mean = statistics.get("values", {}).get(DRAG)
    if mean and abs(mean["mean"]) > NOISE_BELOW:
        texts.append(f"mean drag coefficient {mean['mean']:.4g} from t = {statistics['from']:.4g} s to {statistics['to']:.4g} s")
    return ", ".join(texts)


def _over_time(read: Results) -> Timeline:
    """Output times, with the drag coefficient where it was recorded."""
    drag, thin, moments = _drag(read), _thin(len(read.codes)), []
    for code, time in ((read.codes[k], read.times[k]) for k in thin):
        near = None if drag is None else drag[int(np.abs(drag[:, 0] - time).argmin())]
        result = "" if near is None else f"{DRAG} {near[1]:.4g}"
        moments.append(Moment(code, f"t = {time:.4g} s", result, None if near is None else (float(near[0]), float(near[1]))))
    curve = None if drag is None else Curve(_TIME, DRAG, [tuple(row) for row in drag[_thin(len(drag), MOST_POINTS)].tolist()])
    return Timeline(tuple(moments), len(moments) - 1, curve)


def _designs(read: Results, codes: Sequence[float | None]) -> Timeline:
    """Iterations of an optimisation, with the objective of each design."""
    name, rows = str(read.summary.get("objective", "objective")), {row["iteration"]: row for row in read.history}
    first, moments = read.history[0]["objective"], []
    for code in codes:
        row = None if code is None else rows.get(code)
        if row is None:
            moments.append(Moment(code, "" if code is None else f"iteration {code:g}"))
            continue
        value = row["objective"]
        # The best design was evaluated once more at the end.
        reported = read.summary.get("objective_best", value) if code == read.best else value
        parts = [f"{name} {reported:.4g}", "best design" if code == read.best else "", _change(reported, first) if code else ""]
        parts.append("" if row["feasible"] else "constraints not satisfied")
        moments.append(Moment(code, f"iteration {code:g}", ", ".join(filter(None, parts)), (row["iteration"], value)))
    start = next((k for k, moment in enumerate(moments) if moment.code == read.best), len(moments) - 1)
    return Timeline(tuple(moments), start, _convergence(read))


def _frames(read: Results, codes: Sequence[float | None]) -> Timeline:
    """A steady flow, whose tracers move, or a run whose times are not known yet; then the last is shown first."""
    summary = read.summary
    found = [f"{words} {summary[name]:.4g}{unit}" for name, (words, unit) in _WORDS.items() if name in summary]
    if "objective_best" in summary:
        found = [f"{summary['objective']} {summary['objective_best']:.4g}, best design", *found]
    elif "objective_value" in summary:
        found = [f"{summary['objective']} {summary['objective_value']:.4g}", *found]
    moments = tuple(Moment(code, "" if code is None else f"frame {code:g}", ", ".join(found)) for code in codes)
    return Timeline(moments, 0 if summary else len(moments) - 1, _convergence(read))


def _convergence(read: Results) -> Curve | None:
    """Objective over iterations; None for a run."""
    name = str(read.summary.get("objective", "objective"))
    points = [(row["iteration"], row["objective"]) for row in read.history]
    return Curve("iteration", name, points) if points else None


def _change(value: float, first: float) -> str:
    """Change from the first design in words."""
    change = (value - first) / abs(first) if first else 0.0
    return f"{abs(change):.1%} {'below' if change <= 0.0 else 'above'} iteration 0".replace("%", " %")


def _drag(read: Results) -> np.ndarray | None:
    """Recorded time [s] and drag coefficient, (n, 2); None if it was not recorded, or is rounding error."""
    path = read.folder / "time_series.csv"
    series: Series | None = Csv().read(path) if path.is_file() else None
    if series is None or not len(series) or not {_TIME, DRAG} <= set(series.columns):
        return None
    found = series.values[:, [series.columns.index(_TIME), series.columns.index(DRAG)]]
    found = found[np.isfinite(found).all(axis=1)]
    return found if np.abs(found[:, 1]).max(initial=0.0) > NOISE_BELOW else None


def _codes(stage: Usd.Stage) -> list[float | None]:
    """Whole time codes of the stage, evenly thinned to the limit of a page; [None] without a time range."""
    if not stage.HasAuthoredTimeCodeRange():
        return [None]
    whole = np.arange(np.ceil(stage.GetStartTimeCode()), stage.GetEndTimeCode() + 1e-9)
    return whole[_thin(len(whole))].tolist()


def _thin(count: int, most: int = MOST_FRAMES) -> np.ndarray:
    """Evenly spaced indices of `count` entries, at most `most`, with the first and the last."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))

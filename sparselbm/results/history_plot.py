"""Plot of the values of a flow over time."""

from __future__ import annotations

import os
import re
from itertools import groupby

import numpy as np

from ..observe.monitor import Series
from .images import CURVES_LIMIT, new_figure, save_figure

_UNIT = re.compile(r" \[(.*)\]$")


def draw_history(path: str | os.PathLike[str], series: Series, *, title: str, begin: float) -> None:
    """Plots recorded values over time, one panel for each unit, with the running means from a time `begin` [s] as broken lines.

    `series`: its first column is the time [s]. A panel shows eight values at most: those that vary most.
    """
    t, units = series.values[:, 0], {name: _unit(name) for name in series.columns[1:]}
    panels = {unit: list(names) for unit, names in groupby(sorted(units, key=lambda name: units[name]), key=units.__getitem__)}
    figure = new_figure(8.0, 1.0 + 2.2 * len(panels))
    every = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    figure.suptitle(title, fontsize="medium", wrap=True)
    later = t >= begin
    for axes, (unit, names) in zip(every, panels.items()):
        for k, name in enumerate(_most_varied(series, names)):
            values, shown = series[name].values, _UNIT.sub("", name)
            axes.plot(t, values, color=f"C{k}", lw=1.0, label=shown)
            if later.any():
                means = np.cumsum(values[later]) / np.arange(1, later.sum() + 1)
                axes.plot(t[later], means, color=f"C{k}", lw=1.0, ls="--")
        _limit(axes, np.stack([series[name].values for name in names], axis=1)[t > 0.05 * t[-1]])
        axes.set_ylabel(_kind(names) + (f" [{unit}]" if unit else ""))
        axes.grid(alpha=0.3)
        axes.plot([], [], color="0.4", lw=1.0, ls="--", label="running mean")
        axes.legend(fontsize="small", loc="best", ncols=2)
    every[-1].set_xlabel("time [s]")
    save_figure(figure, path)


def _unit(name: str) -> str:
    found = _UNIT.search(name)
    return found.group(1) if found else ""


def _kind(names: list[str]) -> str:
    """Quantity of a panel: force, moment, pressure, flow rate, or coefficient; several of them where names differ."""
    words = {name.split(" /")[0] if " /" in name else name.split()[0] for name in names}
    word = "coefficient" if len(words) > 1 and "coefficient" in names[0] else ", ".join(sorted(words))
    return "flow rate" if word == "flow" else word


def _most_varied(series: Series, names: list[str]) -> list[str]:
    """The names in their order, at most as many as can be distinguished."""
    ranges = {name: series[name].peak_to_peak for name in names}
    kept = sorted(names, key=ranges.__getitem__, reverse=True)[:CURVES_LIMIT]
    return [name for name in names if name in kept]


def _limit(axes, values: np.ndarray) -> None:
    """Limits an axis to values without those of the start, which would hide the others, and 8 % more."""
    values = values[np.isfinite(values)]
    if values.size and np.ptp(values) > 0.0:
        margin = 0.08 * float(np.ptp(values))
        axes.set_ylim(float(values.min()) - margin, float(values.max()) + margin)

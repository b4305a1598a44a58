"""Plot of the values of a flow over time."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ..observe.monitor import Series
from .images import CURVES_LIMIT, new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_UNIT = re.compile(r" \[(.*)\]$")
_PRIM = re.compile(r"/(?:[^/\s]+/)*([^/\s]+)")
NOISE_BELOW = 1e-6
"""Largest absolute value, relative to its reference or to the largest value with the same unit, below which a value is rounding
error."""
_LEAST_RANGE = 1e-3
"""Smallest range of an axis, relative to its values: a value that is constant but for rounding is a straight line."""


def draw_history(
    path: str | os.PathLike[str], series: Series, *, title: str, begin: float,
    references: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Plots recorded values over time, one panel for each unit, with the running means from a time `begin` [s] as broken lines.

    `series`: its first column is the time [s]; `references`: sizes of values by their units. Values that are rounding errors
    (`NOISE_BELOW`) are named and not plotted. A panel shows eight values at most: those that vary most.
    """
    t, units = series.values[:, 0], {name: _unit(name) for name in series.columns[1:]}
    panels = {unit: list(names) for unit, names in groupby(sorted(units, key=lambda name: units[name]), key=units.__getitem__)}
    sound = {unit: _above_noise(series, names, references.get(unit, 0.0)) for unit, names in panels.items()}
    panels = {unit: names for unit, names in panels.items() if sound[unit]} or panels
    figure = new_figure(8.0, 1.0 + 2.2 * len(panels))
    every = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    figure.suptitle(title, fontsize="medium", wrap=True)
    for axes, (unit, names) in zip(every, panels.items()):
        plotted = sound[unit] or names
        for k, name in enumerate(_most_varied(series, plotted)):
            values = series[name].values
            axes.plot(t, values, color=f"C{k}", lw=1.0, label=_shown(name))
            _plot_mean(axes, t, values, begin, f"C{k}")
        _limit(axes, np.stack([series[name].values for name in plotted], axis=1)[t > 0.05 * t[-1]])
        axes.set_ylabel(_kind(names) + (f" [{unit}]" if unit else ""))
        axes.grid(alpha=0.3)
        axes.plot([], [], color="0.4", lw=1.0, ls="--", label="running mean")
        if len(plotted) < len(names):
            zero = ", ".join(_shown(name) for name in names if name not in plotted)
            axes.set_title(f"zero but for rounding: {zero}", fontsize="x-small", loc="left", wrap=True)
        axes.legend(fontsize="small", loc="best", ncols=2)
    every[-1].set_xlabel("time [s]")
    save_figure(figure, path)


def _plot_mean(axes: Axes, t: np.ndarray, values: np.ndarray, begin: float, colour: str) -> None:
    later = t >= begin
    if later.any():
        means = np.cumsum(values[later]) / np.arange(1, later.sum() + 1)
        axes.plot(t[later], means, color=colour, lw=1.0, ls="--")


def _above_noise(series: Series, names: list[str], reference: float) -> list[str]:
    """The names of values with the same unit that are not rounding errors."""
    sizes = {name: float(np.nanmax(np.abs(series[name].values))) for name in names}
    least = NOISE_BELOW * max(reference, *sizes.values())
    return [name for name, size in sizes.items() if size > least]


def _unit(name: str) -> str:
    found = _UNIT.search(name)
    return found.group(1) if found else ""


def _shown(name: str) -> str:
    """Name of a value without its unit, and with the last part of the path of a prim."""
    return _PRIM.sub(r"\1", _UNIT.sub("", name))


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


def _limit(axes: Axes, values: np.ndarray) -> None:
    """Limits an axis to values without those of the start, which would hide the others, and 8 % more."""
    values = values[np.isfinite(values)]
    if values.size and np.ptp(values) > 0.0:
        low, high = float(values.min()), float(values.max())
        margin = 0.08 * max(high - low, _LEAST_RANGE * max(-low, high))
        axes.set_ylim(low - margin, high + margin)

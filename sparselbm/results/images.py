"""Plots of curves: convergence of an optimisation, results of a sweep."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..files.write import replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 184
# More curves cannot be distinguished; the worst of each constraint is drawn instead.
CURVES_LIMIT = 8


class Iteration(Protocol):
    """Attributes of an iteration used by `convergence` (such as `sparselbm.design.optimizer.DesignRecord`)."""

    @property
    def iteration(self) -> int:
        """Number of the iteration."""
        ...

    @property
    def objective(self) -> float:
        """Value of the objective."""
        ...

    @property
    def constraints(self) -> Mapping[str, np.ndarray]:
        """Values of each constraint, (k,), by name."""
        ...

    @property
    def feasible(self) -> bool:
        """Whether every constraint is satisfied."""
        ...


def convergence(
    path: str | os.PathLike[str], history: Sequence[Iteration], *, label: str = "objective", title: str = ""
) -> None:
    """Plots the objective over the iterations, and the constraints below it; infeasible designs have hollow markers.

    Raises:
        ValueError: if the history is empty.
    """
    if not history:
        raise ValueError("the history has no iteration: plot it after the first one.")
    names = [name for name, values in history[0].constraints.items() if len(values)]
    figure = new_figure(7.0, 5.5 if names else 3.5)
    axes = figure.subplots(2 if names else 1, 1, sharex=True, squeeze=False)[:, 0]
    numbers = [each.iteration for each in history]
    _draw_objective(axes[0], numbers, history, label)
    if names:
        _draw_constraints(axes[1], numbers, history, names)
    axes[0].set_title(title, fontsize="medium")
    axes[-1].set_xlabel("iteration")
    axes[-1].xaxis.get_major_locator().set_params(integer=True)
    save_figure(figure, path)


def curves(
    path: str | os.PathLike[str], found: Mapping[str, Sequence[tuple[float, float]]], *, across: str, label: str, title: str = "",
    logarithmic: bool = False,
) -> None:
    """Plots curves of points (x, y), by their legend, which is left out if there is one curve without a name.

    `across`, `label`: of the horizontal and the vertical axis; `logarithmic`: the latter.
    """
    figure = new_figure(7.0, 4.5)
    axes = figure.subplots()
    for name, points in found.items():
        x, y = np.array(sorted(points)).T
        axes.plot(x, y, marker="o", ms=4.0, lw=1.2, label=name)
    axes.set_xlabel(across)
    axes.set_ylabel(label)
    if logarithmic:
        axes.set_yscale("log")
    axes.set_title(title, fontsize="medium")
    axes.grid(alpha=0.3)
    if any(found):
        axes.legend(fontsize="small")
    save_figure(figure, path)


def _draw_objective(axes: Axes, numbers: list[int], history: Sequence[Iteration], label: str) -> None:
    values = np.array([each.objective for each in history])
    feasible = np.array([each.feasible for each in history])
    axes.plot(numbers, values, color="C0", lw=1.2)
    axes.scatter(numbers, values, s=18, c=np.where(feasible, "C0", "white"), edgecolors="C0", zorder=3)
    axes.set_ylabel(label)
    axes.grid(alpha=0.3)


def _draw_constraints(axes: Axes, numbers: list[int], history: Sequence[Iteration], names: Sequence[str]) -> None:
    values = {name: np.stack([each.constraints[name] for each in history]) for name in names}
    many = sum(each.shape[1] for each in values.values()) > CURVES_LIMIT
    for name, each in values.items():
        if many:
            worst = np.abs(each).argmax(axis=1)
            axes.plot(numbers, each[np.arange(len(each)), worst], marker=".", lw=1.0, label=f"{name} (largest)")
            continue
        for k, curve in enumerate(each.T):
            suffix = "" if each.shape[1] == 1 else f"[{k}]"
            axes.plot(numbers, curve, marker=".", lw=1.0, label=name + suffix)
    axes.axhline(0.0, color="0.3", lw=0.8)
    axes.set_ylabel("constraints")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def new_figure(width: float, height: float) -> Figure:
    """Figure of a size in inches."""
    # A separate Figure without pyplot has no global state and needs no display.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Writes a figure atomically."""
    with replace_file(path) as beside:
        figure.savefig(beside, dpi=DOTS_PER_INCH)

"""Plots of an optimisation: convergence history, and the flow before and after."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..files.write import replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150
SOLID_GREY = "0.55"
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


def convergence(path: str | os.PathLike[str], history: Sequence[Iteration], *, label: str = "objective") -> None:
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
    axes[-1].set_xlabel("iteration")
    axes[-1].xaxis.get_major_locator().set_params(integer=True)
    save_figure(figure, path)


def before_after(
    path: str | os.PathLike[str],
    before: np.ndarray,
    after: np.ndarray,
    *,
    extent: tuple[float, float, float, float],
    solid_before: np.ndarray | None = None,
    solid_after: np.ndarray | None = None,
    titles: tuple[str, str] = ("before", "after"),
    label: str = "velocity [m/s]",
) -> None:
    """Plots two slices side by side with one colour scale, with the obstacle in grey.

    Args:
        path: the image file; its suffix selects the format.
        before: magnitudes, shape (nx, ny), first index along the horizontal axis; NaN where unknown.
        after: as `before`, with the same shape.
        extent: smallest and largest horizontal, then vertical coordinate [m].
        solid_before: solid fraction or mask, shape (nx, ny); cells above one half are grey. None: no solid.
        solid_after: as `solid_before`.
        titles: titles of the two slices.
        label: label of the colour bar.

    Raises:
        ValueError: if shapes differ, or no value in the fluid is finite.
    """
    solids = (solid_before, solid_after)
    for each in (after, *(solid for solid in solids if solid is not None)):
        if before.ndim != 2 or each.shape != before.shape:
            raise ValueError(
                f"the slices have the shapes {before.shape} and {each.shape}: pass arrays of the same shape (nx, ny)."
            )
    masks = [np.zeros(before.shape, bool) if solid is None else np.asarray(solid) > 0.5 for solid in solids]
    fluid = np.concatenate([field[~mask] for field, mask in zip((before, after), masks)])
    fluid = fluid[np.isfinite(fluid)]
    if fluid.size == 0:
        raise ValueError("neither slice has a finite value in the fluid: check whether the run has diverged.")
    height = abs(extent[3] - extent[2]) / abs(extent[1] - extent[0])
    figure = new_figure(11.0, min(max(5.0 * height + 1.0, 2.5), 8.0))
    axes = figure.subplots(1, 2, sharex=True, sharey=True)
    limits = float(min(fluid.min(), 0.0)), float(fluid.max())
    for panel, field, mask, title in zip(axes, (before, after), masks, titles):
        image = _draw_slice(panel, field, mask, extent, limits)
        panel.set_title(title)
        panel.set_xlabel("[m]")
    axes[0].set_ylabel("[m]")
    figure.colorbar(image, ax=list(axes), label=label, shrink=0.9)
    save_figure(figure, path)


def one_slice(
    path: str | os.PathLike[str],
    field: np.ndarray,
    *,
    extent: tuple[float, float, float, float],
    solid: np.ndarray | None = None,
    label: str = "velocity [m/s]",
) -> None:
    """Plots one slice; field, extent, solid and label as in `before_after`.

    Raises:
        ValueError: if shapes differ, or no value in the fluid is finite.
    """
    mask = np.zeros(field.shape, bool) if solid is None else np.asarray(solid) > 0.5
    if mask.shape != field.shape:
        raise ValueError(
            f"the field and the mask have the shapes {field.shape} and {mask.shape}: pass arrays of the same shape "
            "(nx, ny)."
        )
    fluid = field[~mask & np.isfinite(field)]
    if fluid.size == 0:
        raise ValueError("the slice has no finite value in the fluid: check whether the run has diverged.")
    height = abs(extent[3] - extent[2]) / abs(extent[1] - extent[0])
    figure = new_figure(8.0, min(max(7.0 * height + 0.8, 2.5), 10.0))
    axes = figure.subplots()
    image = _draw_slice(axes, field, mask, extent, (float(min(fluid.min(), 0.0)), float(fluid.max())))
    axes.set_xlabel("[m]")
    axes.set_ylabel("[m]")
    figure.colorbar(image, ax=axes, label=label, shrink=0.9)
    save_figure(figure, path)


def curves(
    path: str | os.PathLike[str], found: Mapping[str, Sequence[tuple[float, float]]], *, across: str, label: str
) -> None:
    """Plots curves of points (x, y), by their legend, which is left out if there is one curve without a name.

    `across`, `label`: of the horizontal and the vertical axis.
    """
    figure = new_figure(7.0, 4.5)
    axes = figure.subplots()
    for name, points in found.items():
        x, y = np.array(sorted(points)).T
        axes.plot(x, y, marker="o", ms=4.0, lw=1.2, label=name)
    axes.set_xlabel(across)
    axes.set_ylabel(label)
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


def _draw_slice(
    axes: Axes, field: np.ndarray, mask: np.ndarray, extent: tuple[float, ...], limits: tuple[float, float]
):
    from matplotlib.colors import ListedColormap

    # Images are indexed by row, then column; fields by x, then y.
    placed = {"origin": "lower", "extent": extent, "aspect": "equal", "interpolation": "nearest"}
    shown = np.ma.masked_where(mask | ~np.isfinite(field), field)
    image = axes.imshow(shown.T, cmap="viridis", vmin=limits[0], vmax=limits[1], **placed)
    axes.imshow(np.ma.masked_where(~mask, mask).T, cmap=ListedColormap([SOLID_GREY]), **placed)
    return image


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

"""Pictures of planes through a flow, with a colour bar and the walls in their true outline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files.lost_results import lost_alone
from ..files.state_file import State
from .draw import Drawing, Slice
from .draw.plane import FlowPlane, Outline, axes_across
from .fields import FlowFrame, Quantity
from .images import new_figure, save_figure
from .stage.colour import limits_of, map_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOLID_GREY, LINE = "0.55", {"color": "0.15", "lw": 0.8}
_WIDEST, _HIGHEST, _AROUND = 7.0, 5.0, (1.7, 1.2)
"""Largest width and height of a panel, and what its labels and the colour bar take [inches]."""
_OUTER = 0.1
"""Percentage of the values at either end that may lie beyond the colours, such as those at a sharp edge."""
_MILLIMETRES, _MICROMETRES = 0.1, 1e-3
"""Sizes of boxes [m] below which lengths are in millimetres and in micrometres."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Values on a plane of a flow, as they are drawn; values only, so that they can be stored."""

    known: np.ndarray
    """Values in the fluid at the centres of the cells, (nu, nv); NaN in solid. They set the range of the colours."""
    shown: np.ndarray
    """The same, continued behind walls."""
    extent: tuple[float, float, float, float]
    """Bounds of the box [m]: horizontal, then vertical."""
    axis: int
    """Normal of the plane."""
    at: float
    """Its coordinate [m]."""
    outlines: tuple[Outline, ...]
    """Bodies and walls that the plane cuts."""
    clearance: np.ndarray | None
    """Distance to the nearest wall [m], negative in solid, (nu, nv); None without surfaces."""
    time: float | None
    """Simulated time [s]; None: of a steady flow."""

    @classmethod
    def of(cls, frame: FlowFrame, drawn: Slice) -> Panel | None:
        """The plane and the quantity of a slice; None if there is no fluid in it."""
        plane, quantity = FlowPlane(frame, *frame.place(drawn.axis, drawn.at)), drawn.quantity
        centres = plane.centres()
        known = plane.known(quantity, centres)
        if not np.isfinite(known).any():
            return None
        return cls(
            known, plane.continued(known), plane.extent, plane.axis, plane.at, plane.outlines, plane.clearance(centres),
            frame.time,
        )

    def saved(self) -> State:
        """Its values, for `restored`."""
        outlines = [{"lines": list(each.lines), "hollow": each.hollow} for each in self.outlines]
        return {**vars(self), "extent": list(self.extent), "outlines": outlines}

    @classmethod
    def restored(cls, state: State) -> Panel:
        """The panel whose values were saved."""
        outlines = tuple(Outline(tuple(each["lines"]), each["hollow"]) for each in state["outlines"])
        return cls(**{**state, "extent": tuple(state["extent"]), "outlines": outlines})

    @property
    def length(self) -> tuple[str, float]:
        """Unit of lengths for the size of the box, and how many of them are a metre."""
        size = max(self.extent[1] - self.extent[0], self.extent[3] - self.extent[2])
        return ("m", 1.0) if size >= _MILLIMETRES else ("mm", 1e3) if size >= _MICROMETRES else ("\u00b5m", 1e6)

    @property
    def place(self) -> str:
        """The plane and the time in words."""
        time, (unit, factor) = "" if self.time is None else f", t = {self.time:.4g} s", self.length
        at = 0.0 if abs(self.at) < 1e-9 * np.ptp(self.extent) else factor * self.at
        return f"plane {'xyz'[self.axis]} = {at:.4g} {unit}{time}"


def draw_slices(folder: Path, drawings: Sequence[Drawing], frame: FlowFrame, *, title: str) -> None:
    """Plots each slice among the drawings, the first one as slice.png, others as slice_QUANTITY_AXIS.png; without one, the speed
    in the middle plane. A plane without fluid is left out."""
    for number, drawn in enumerate([each for each in drawings if isinstance(each, Slice)] or [Slice()]):
        panel = Panel.of(frame, drawn)
        if panel is not None:
            name = f"slice_{drawn.quantity.name}_{'xyz'[panel.axis]}.png" if number else "slice.png"
            with lost_alone(name):
                draw_panels(folder / name, {"": panel}, quantity=drawn.quantity, title=title)


def draw_panels(path: str | os.PathLike[str], panels: dict[str, Panel], *, quantity: Quantity, title: str) -> None:
    """Plots panels beside each other in one range of colours, with equal scales; `panels`: by their names.

    Raises ValueError if no value in the fluid is finite.
    """
    every = list(panels.values())
    known = np.concatenate([each.known[np.isfinite(each.known)] for each in every])
    if not known.size:
        raise ValueError("no panel has a finite value in the fluid: check whether the run has diverged.")
    limits = limits_of(known, _OUTER)
    limits = limits[0], limits[1] if limits[1] > limits[0] else limits[0] + 1.0
    figure = new_figure(*_size(every))
    found = figure.subplots(1, len(every), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (name, panel) in zip(found, panels.items()):
        image = _draw(axes, panel, limits)
        axes.set_title("\n".join(filter(None, [title, ": ".join(filter(None, [name, panel.place]))])), fontsize="medium")
        axes.set_xlabel(f"{'xyz'[axes_across(panel.axis)[0]]} [{panel.length[0]}]")
    found[0].set_ylabel(f"{'xyz'[axes_across(every[0].axis)[1]]} [{every[0].length[0]}]")
    beyond = float(known.min()) < limits[0], float(known.max()) > limits[1]
    extend = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}[beyond]
    figure.colorbar(image, ax=list(found), label=quantity.label, shrink=0.9, extend=extend)
    save_figure(figure, path)


def _size(panels: Sequence[Panel]) -> tuple[float, float]:
    """Width and height of a figure [inches] in which panels have equal scales along both axes."""
    left, right, low, high = panels[0].extent
    scale = min((_WIDEST if len(panels) == 1 else 0.7 * _WIDEST) / (right - left), _HIGHEST / (high - low))
    width = len(panels) * max(scale * (right - left), 2.0)
    return width + _AROUND[0], max(scale * (high - low), 0.8) + _AROUND[1]


def _draw(axes: Axes, panel: Panel, limits: tuple[float, float]):
    """Draws values between the edges of the box and the walls over them; returns the image."""
    # Images are indexed by row, then column; fields by the horizontal axis, then the vertical one.
    smooth, factor = panel.clearance is not None, panel.length[1]
    left, right, low, high = extent = tuple(factor * each for each in panel.extent)
    image = axes.imshow(
        np.ma.masked_invalid(panel.shown).T, cmap=map_of(limits), vmin=limits[0], vmax=limits[1], origin="lower",
        extent=(left, right, low, high), aspect="equal", interpolation="bilinear" if smooth else "nearest",
    )
    axes.set_facecolor("white" if any(each.hollow for each in panel.outlines) else SOLID_GREY)
    if panel.clearance is not None and not all(each.is_closed for each in panel.outlines):
        ticks = [np.linspace(a, b, 2 * n + 1)[1::2] for a, b, n in zip((left, low), (right, high), panel.shown.shape)]
        axes.contourf(*ticks, panel.clearance.T, levels=[-np.inf, 0.0], colors=[SOLID_GREY])
    for each in panel.outlines:
        if each.is_closed:
            axes.add_patch(_area(each, extent, factor))
        for line in each.lines:
            axes.plot(*(factor * line.T), **LINE)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    return image


def _area(outline: Outline, extent: Sequence[float], factor: float):
    """The solid in the lines of a closed surface, or around it; `factor`: of lengths."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Lines

    lines = [factor * line for line in outline.lines]
    if outline.hollow:  # The box around it, and the lines in the other direction.
        left, right, low, high = extent
        box = np.array([(left, low), (right, low), (right, high), (left, high), (left, low)])
        lines = [box, *(line[::-1] for line in lines)]
    whole = Lines.make_compound_path(*(Lines(line, closed=True) for line in lines))
    return PathPatch(whole, facecolor="white" if outline.hollow else SOLID_GREY, edgecolor="none")

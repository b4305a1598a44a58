"""Writes docs/explanation/validation.md and its plots from the stored results: `python tests/validation/document.py`.

The results lie in docs/explanation/validation/results.json.
"""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

DOCS = Path(__file__).parents[2] / "docs" / "explanation"
RESULTS = DOCS / "validation" / "results.json"
HEAD = """# Validation

This page is written by `make validate` (`tests/validation/`) and not edited by hand. Every case compares the solver
with a published value or an exact solution, on at least two grids.

- **deviation**: value / published value - 1 in per cent, or the difference where the published value is 0.
- **tolerance**: the largest deviation that is accepted; **within**: whether the value is within it. Tolerances are
  never widened; where a value is outside its tolerance, the reason is given below the table.
- **held to**: the deviation on the finest grid that this wall may have, about 1.5 times the measured one. A test fails beyond it,
  whether the tolerance is wider or narrower.
- **extrapolated**: the value at cells of size 0, for walls that are staircases (halfway bounce-back), from the two finest grids
  with an error of first order.
- **order**: order of convergence of the deviation over the two finest grids. It carries little information where the published
  value is itself uncertain by as much as the deviation, and it is left out where the deviation is rounding error.
- **half speed**: relative change of the value when the lattice speed, and so the Mach number, is halved.
- **time**: processor time summed over all threads, including set-up and kernel compilation.
- Case 20, the double shear layer, is a table without a tolerance:
  [lowest stable viscosity of each collision model](stability.md).

"""
STYLE = {"svg.hashsalt": "sparselbm", "svg.fonttype": "none", "font.size": 8}
"""Plots that do not change from run to run unless their data do; their text stays text."""


def write() -> None:
    """Writes the document and one plot a case."""
    results = json.loads(RESULTS.read_text())
    entries = sorted(results.values(), key=lambda e: (*_number(e["number"]), _number(e["part"])))
    cases = [list(group) for _, group in groupby(entries, key=lambda e: e["number"])]
    (DOCS / "validation.md").write_text(HEAD + overview(cases) + "\n".join(section(parts) for parts in cases))
    for parts in cases:
        path = DOCS / "validation" / f"case_{parts[0]['number']}.svg"
        path.unlink(missing_ok=True)
        if found := panels(parts):
            with rc_context(STYLE):
                draw(found, path)


def _number(text: str) -> tuple[float, str]:
    """Sorts 7 before 7b before 10, and Re 20 before Re 100."""
    found = re.search(r"[\d.]+", text)
    return float(found.group()) if found else 0.0, text


def overview(cases: list[list[dict]]) -> str:
    """Table with one line per case: the number of quantities within their tolerances."""
    lines = ["| case | | within tolerance | time |", "|---|---|---|---|"]
    for parts in cases:
        met = [q["met"] for part in parts for q in part["quantities"]]
        seconds = sum(grid["seconds"] for part in parts for grid in part["grids"])
        lines.append(f"| {parts[0]['number']} | {parts[0]['title']} | {sum(met)} of {len(met)} | {seconds:.0f} s |")
    return "\n".join(lines) + "\n\n"


def section(parts: list[dict]) -> str:
    """One case: set-up, grids, values, plot."""
    first = parts[0]
    lines = [f"## {first['number']}. {first['title']}", ""]
    for setup in dict.fromkeys(part["setup"] for part in parts):
        lines += [setup, ""]
    lines += [f"Source: {'; '.join(dict.fromkeys(part['source'] for part in parts))}.", ""]
    lines += ["| | grid | cells | steps | time |", "|---|---|---|---|---|"]
    lines += [
        f"| {part['part']} | {grid['label']} | {grid['cells']} | {grid['steps']} | {grid['seconds']:.1f} s |"
        for part in parts
        for grid in part["grids"]
    ]
    lines += ["", "| | quantity | values, coarse to fine | published | deviation | tolerance | order | half speed | within |"]
    lines += ["|---|---|---|---|---|---|---|---|---|"]
    lines += [row(part["part"], quantity) for part in parts for quantity in part["quantities"]]
    misses = [f"- {part['part']} {name}: {reason}" for part in parts for name, reason in part["misses"].items()]
    lines += ["", *(["Outside the tolerance:", "", *misses, ""] if misses else [])]
    if panels(parts):
        lines += [f"![{first['title']}](validation/case_{first['number']}.svg)", ""]
    return "\n".join(lines)


def row(part: str, quantity: dict) -> str:
    """A line of the table of values."""
    published = quantity["published"]
    scale = 1.0 if published["absolute"] else abs(published["value"])
    deviations = [(value - published["value"]) / scale for value in quantity["values"]]
    shown, limit = deviations[-1:], [published["tolerance"]]
    if published["coarse_tolerance"] is not None:
        shown, limit = deviations[-2:], [published["coarse_tolerance"], published["tolerance"]]

    def part_of(x: float) -> str:
        return f"{x:+.2g}" if published["absolute"] else f"{100.0 * x:+.2f} %"

    held, limits = quantity.get("held_to"), ", ".join(part_of(x).lstrip("+") for x in limit)
    at_zero = quantity.get("extrapolated")
    values = ", ".join(f"{v:.5g}" for v in quantity["values"])
    spread = "" if published["low"] is None else f" ({published['low']:g} to {published['high']:g})"
    half = quantity["half_speed"]
    cells = [
        part, quantity["name"], values if at_zero is None else f"{values} (extrapolated {at_zero:.5g})",
        f"{published['value']:g}{spread}", ", ".join(map(part_of, shown)),
        limits if held is None else f"{limits} (held to {part_of(held).lstrip('+')})",
        "" if quantity["order"] is None else f"{quantity['order']:.1f}",
        "" if half is None else f"{100.0 * (half[1] / half[0] - 1.0):+.2f} %",
        "yes" if quantity["met"] else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


def panels(parts: list[dict]) -> list[tuple[str, dict]]:
    """Panels of a case by their parts. Points above a single place are not drawn: the table of values has them all."""
    found = joined([(part["part"], panel) for part in parts for panel in part["panels"]])
    return [(part, panel) for part, panel in found if len({x for curve in panel["curves"] for x in curve["x"]}) > 1]


def joined(panels: list[tuple[str, dict]]) -> list[tuple[str, dict]]:
    """The panels, with those that all parts share as one, their curves sorted along x."""
    result, shared = [], {}
    for part, panel in panels:
        if not panel["joined"]:
            result.append((part, panel))
            continue
        key = panel["x"], panel["y"]
        if key not in shared:
            shared[key] = {**panel, "curves": []}
            result.append(("", shared[key]))
        curves = {curve["label"]: curve for curve in shared[key]["curves"]}
        for curve in panel["curves"]:
            if curve["label"] not in curves:
                shared[key]["curves"].append({**curve, "x": [], "y": []})
            together = next(c for c in shared[key]["curves"] if c["label"] == curve["label"])
            pairs = sorted(zip(together["x"] + curve["x"], together["y"] + curve["y"], strict=True))
            together["x"], together["y"] = [list(values) for values in zip(*pairs, strict=True)]
    return result


def draw(panels: list[tuple[str, dict]], path: Path) -> None:
    """One picture with a panel for each part: lines are ours, marks are published."""
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    longest = max(len(panel["curves"]) for _, panel in panels)
    figure = Figure(figsize=(3.4 * columns, rows * (2.7 if longest < 9 else 2.7 + 0.06 * longest)), layout="constrained")
    for (part, panel), axes in zip(panels, np.ravel(figure.subplots(rows, columns, squeeze=False)), strict=False):
        colours = iter([f"C{k % 10}" for k in range(len(panel["curves"]))])
        for curve in panel["curves"]:
            axes.plot(curve["x"], curve["y"], label=curve["label"], **style(curve, colours))
        if panel["logarithmic"]:
            places = apart(sorted({x for curve in panel["curves"] for x in curve["x"]}))
            axes.set(xscale="log", yscale="log")
            axes.set_xticks(places, [f"{x:g}" for x in places])
            axes.set_xticks([], minor=True)
        axes.set(xlabel=panel["x"], ylabel=panel["y"], title=part)
        if len(panel["curves"]) < 9:
            axes.legend(fontsize=6 if len(panel["curves"]) < 6 else 4.5)
        else:  # Below the axes, where a long list covers no curve.
            axes.legend(fontsize=3.8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False, columnspacing=0.8)
    for axes in np.ravel(figure.axes)[len(panels) :]:
        axes.set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def apart(places: list[float]) -> list[float]:
    """Those whose labels do not run into the one before on a logarithmic axis."""
    kept: list[float] = []
    for x in places:
        if not kept or x > 1.15 * kept[-1]:
            kept.append(x)
    return kept


def style(curve: dict, colours: Iterator[str]) -> dict:
    """How a curve is drawn; a line of one point would not be seen and gets a cross."""
    if curve["points"]:
        return {"ls": "", "marker": "o", "mfc": "none", "color": "k", "ms": 3.5}
    if curve["limit"]:
        return {"ls": ":", "color": "k", "lw": 0.9}
    return {"color": next(colours), "lw": 1.1, "marker": "x" if len(curve["x"]) == 1 else ""}


if __name__ == "__main__":
    write()

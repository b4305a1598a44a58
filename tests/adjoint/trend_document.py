"""Writes the trend section of docs/explanation/gradients.md and its plots from docs/explanation/gradients/trend.json.

`make validate` measures that file.
"""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from trend_cases import CYLINDER, SPHERE, Sweep, blooming, moving, stretching, swelling

from sparselbm.design.gradcheck import Trend
from sparselbm.geometry import SolidFraction
from sparselbm.models.wall import Bouzidi, Halfway

DOCS = Path(__file__).parents[2] / "docs" / "explanation"
RESULTS = DOCS / "gradients" / "trend.json"
TITLE = "## The trend of the objective"
BODIES = {"cylinder": CYLINDER, "sphere": SPHERE}
SHAPES = {"scale": swelling, "translation": moving, "control points": stretching, "vertices": blooming}
WALLS = {"solid fraction": SolidFraction(), "Bouzidi": Bouzidi(), "halfway": Halfway()}
HEAD = f"""{TITLE}

The test case is Stokes flow driven by a body force (nu = 1/2, fp64) past a cylinder in two dimensions or past a
sphere. One design variable is swept over four cells in 13 steps: the body grows in a periodic array (scale), moves
between two walls (translation), is stretched by its control points, or grows unevenly by its vertices. The objective
is the logarithm of the flow rate. The figures are measured by `make validate` (`tests/adjoint/trend_document.py`);
combinations that are missing from the table have not been run.

- **gradient / trend**: the adjoint gradient divided by the slope of a cubic fitted to the objective, at the 11 inner
  points. The ideal value is 1.
- **roughness**: relative root mean square distance of the objective from the cubic. Roughness makes line searches
  fail.
- Link-wise walls are rebuilt at every point of the sweep. The gradient of Bouzidi's wall is that of the links that
  are cut at that point, by `Checkpointed` over 4000 steps: interpolated bounce-back does not conserve mass exactly,
  so that there is no fixed point, and `Steady` gave -2500 instead of -0.07 at one point.
- The gradient of halfway bounce-back is exactly 0.

In the partially saturated method the solid fraction is a spline over four cells, whose effective wall moves evenly
through the cells. The usual choice, the share of each cell that the plane of the surface cuts off, does not: in the
same sweeps its gradient was 0.864 to 1.281 of the trend for the cylinder, 0.964 to 1.039 for the sphere, and several
times too large for a box aligned with the grid ([walls](walls.md)).

"""
STYLE = {"svg.hashsalt": "sparselbm", "svg.fonttype": "none", "font.size": 8}


def measure(body: str, shape: str, wall: str, device: str) -> Trend:
    """One sweep, which takes its place in the results and in the document."""
    found = Sweep(SHAPES[shape](BODIES[body]), WALLS[wall], device, viscosity=0.5, steps=2000).run(np.linspace(0.0, 4.0, 13))
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results.setdefault(body, {}).setdefault(shape, {})[wall] = {"values": found.values.tolist(), "slopes": found.slopes.tolist()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    write(results)
    return found


def write(results: dict) -> None:
    """Replaces the section in the document, or adds it; draws the plot."""
    document = DOCS / "gradients.md"
    text = document.read_text() if document.exists() else "# Gradients\n\n"
    before, _, rest = text.partition(TITLE)
    after = re.search(r"\n## .*", rest, flags=re.DOTALL)
    pictures = "".join(f"![{body}](gradients/trend_{body}.svg)\n\n" for body in results)
    document.write_text(before + HEAD + pictures + table(results) + (after.group() if after else ""))
    with rc_context(STYLE):
        for body, found in results.items():
            draw(body, found)


def swept(entry: dict) -> Trend:
    return Trend(np.linspace(0.0, 4.0, 13), np.array(entry["values"]), np.array(entry["slopes"]))


def table(results: dict) -> str:
    lines = ["| body | variable | wall | gradient / trend | roughness |", "|---|---|---|---|---|"]
    for body, shape, wall in product(results, SHAPES, WALLS):
        if wall in results[body].get(shape, {}):
            one = swept(results[body][shape][wall])
            ratio = f"{one.ratio.min():.3f} to {one.ratio.max():.3f}"
            if not one.slopes.any():
                ratio = "0" if WALLS[wall] == Halfway() else "not measured"
            lines.append(f"| {body} | {shape} | {wall} | {ratio} | {one.distance:.1e} |")
    return "\n".join(lines) + "\n"


def draw(body: str, results: dict) -> None:
    """Above, what a wall adds to the objective's cubic; below, gradient over trend."""
    figure = Figure(figsize=(10.0, 4.6), layout="constrained")
    axes = figure.subplots(2, len(SHAPES), sharex=True, squeeze=False)
    for k, shape in enumerate(SHAPES):
        for n, wall in enumerate(WALLS):
            if wall in results.get(shape, {}):
                one = swept(results[shape][wall])
                residual = 100.0 * (one.values - one.cubic(one.places))
                axes[0, k].plot(one.places, residual, ".-", color=f"C{n}", lw=0.8, label=wall)
                if one.slopes.any():
                    axes[1, k].plot(one.places[1:-1], one.ratio, ".-", color=f"C{n}", lw=0.8)
        axes[0, k].set_title(shape)
        axes[1, k].axhspan(0.98, 1.02, color="0.9")
        axes[1, k].set_xlabel("cells")
    axes[0, 0].set_ylabel("objective less cubic [%]")
    axes[1, 0].set_ylabel("gradient / trend")
    handles = {handle.get_label(): handle for each in axes[0] for handle in each.get_lines()}
    figure.legend(handles=list(handles.values()), loc="outside lower center", ncols=len(WALLS), fontsize="small")
    figure.savefig(DOCS / "gradients" / f"trend_{body}.svg", metadata={"Date": None})

"""Cases 6 and 7: the lid-driven cavity, profiles on 64 and 128 cells and extrema on 128 and 256."""

from pathlib import Path

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flow_fields import extremum, start_from, steady_run
from scipy.interpolate import CubicSpline

from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, MovingWall
from sparselbm.solver import Simulation

SPEED = 0.05
SIDES = (64, 128, 256)
SETUP = (
    "Square of side 1, lid along +x at lattice speed 0.05, halfway walls, in the corners those of the sides, TRT, fp32. Each "
    "grid starts from the coarser one's flow and runs until u changes by less than 1e-5 of the lid's speed while the lid moves a "
    "side's length."
)
EXTREMA = {
    100: {"u_min": -0.214042, "v_max": 0.179573, "v_min": -0.253803, "y(u_min)": 0.4581, "x(v_max)": 0.2370, "x(v_min)": 0.8104},
    400: {"u_min": -0.328730, "v_max": 0.303833, "v_min": -0.454065},
    1000: {"u_min": -0.388570, "v_max": 0.376945, "v_min": -0.527077, "y(u_min)": 0.1717, "x(v_max)": 0.1578, "x(v_min)": 0.9092},
}
"""In speeds of the lid and lengths of a side."""
COLUMNS = {"Ghia": "ghia1982", "finite elements": "ngsolve_p6"}
MISPRINT = (400, "v", 0.9063)


def table(reynolds, component, column):
    """Coordinate and velocity at Ghia's points, (n, 2), theirs or those of high-order finite elements; less the misprint."""
    rows = np.genfromtxt(Path(__file__).parent / "references" / "cavity_2d.csv", delimiter=",", names=True,
                         dtype=None, encoding="utf-8")
    keep = [r for r in rows if (r["Re"], r["comp"]) == (reynolds, component)]
    return np.array([(r["coord"], r[column]) for r in keep if (reynolds, component, r["coord"]) != MISPRINT])


def walls():
    """The lid, then the sides at rest: what comes along the diagonal out of an upper corner is theirs.

    If it is the lid's, as it is with the lid alone, the extrema converge with first order (6 % off on 32 cells, not 1.5 %).
    """
    return [MovingWall(Y_MAX, (SPEED, 0.0)), MovingWall(X_MIN, (0.0, 0.0)), MovingWall(X_MAX, (0.0, 0.0))]


class Cavity:
    """A flow at rest in time, and its profiles on the centre lines with the walls' own values at both ends."""

    def __init__(self, cells, reynolds, device, start=None):
        watch = Stopwatch()
        self.simulation = Simulation(
            box((cells, cells), voxel_size=1.0 / cells, device=device), viscosity=SPEED * cells / reynolds,
            boundaries=walls(), precision=wp.float32,
        )
        if start is not None:
            start_from(self.simulation, start.simulation)
        crossing = round(cells / SPEED)
        steady_run(self.simulation, 1e-5, stretch=crossing, limit=300 * crossing)
        u = self.simulation.domain.dense(self.simulation.velocity()) / SPEED
        middle = slice(cells // 2 - 1, cells // 2 + 1)
        self.places = np.concatenate([[0.0], (np.arange(cells) + 0.5) / cells, [1.0]])
        self.profiles = {
            "u": np.concatenate([[0.0], u[middle, :, 0].mean(axis=0), [1.0]]),
            "v": np.concatenate([[0.0], u[:, middle, 1].mean(axis=1), [0.0]]),
        }
        self.grid = watch.grid(f"{cells} cells", cells, self.simulation)

    def deviation(self, reynolds, component, column):
        """Largest difference from the table [speeds of the lid]; cubic interpolation, so that it adds no error of its own."""
        points = table(reynolds, component, column)
        return np.abs(CubicSpline(self.places, self.profiles[component])(points[:, 0]) - points[:, 1]).max()

    def extrema(self):
        y, u_min = extremum(self.places, self.profiles["u"], -1)
        x_max, v_max = extremum(self.places, self.profiles["v"], 1)
        x_min, v_min = extremum(self.places, self.profiles["v"], -1)
        return {"u_min": u_min, "v_max": v_max, "v_min": v_min, "y(u_min)": y, "x(v_max)": x_max, "x(v_min)": x_min}

    def curve(self, component):
        every = slice(None, None, max(1, len(self.places) // 64))
        return Curve(self.grid.label, self.places[every].round(5), self.profiles[component][every].round(5))


@pytest.fixture(scope="module", params=[100, 400, 1000])
def cavities(request, device):
    """The three grids at one Reynolds number."""
    flows = [None]
    for cells in SIDES:
        flows.append(Cavity(cells, request.param, device, flows[-1]))
    return request.param, flows[1:]


@pytest.mark.validate
def test_profiles(cavities, hand_in):
    reynolds, (coarse, fine, _) = cavities
    within = Published(value=0.0, tolerance=0.02, absolute=True)
    quantities = [
        Quantity(name=f"largest difference of {c} from {who} [lid speeds]", published=within,
                 values=[flow.deviation(reynolds, c, column) for flow in (coarse, fine)])
        for who, column in COLUMNS.items() for c in ("u", "v")
    ]
    panels = [
        Panel(x=x, y=f"{c} / U", curves=[coarse.curve(c), fine.curve(c),
              Curve("Ghia et al.", *table(reynolds, c, "ghia1982").T, points=True)])
        for c, x in (("u", "y at x = 1/2"), ("v", "x at y = 1/2"))
    ]
    hand_in(Case(
        number="6", title="Lid-driven cavity, profiles", part=f"Re {reynolds}", setup=SETUP,
        source="Ghia, Ghia & Shin, J. Comput. Phys. 48 (1982) 387, tables I and II; "
        "high-order finite elements at the same points",
        grids=[coarse.grid, fine.grid], quantities=quantities, panels=panels,
    ))


@pytest.mark.validate
def test_extrema(cavities, hand_in):
    reynolds, flows = cavities
    values = [flow.extrema() for flow in flows]
    quantities = [
        Quantity(name=name, values=[v[name] for v in values], published=Published(value=published, tolerance=0.01))
        for name, published in EXTREMA[reynolds].items()
    ]
    errors = [
        Curve(name, SIDES, [abs(v[name] / EXTREMA[reynolds][name] - 1.0) for v in values])
        for name in ("u_min", "v_max", "v_min")
    ]
    asked = Curve("tolerance", [128, 256], [0.01, 0.01], limit=True)
    hand_in(Case(
        number="7", title="Lid-driven cavity, extrema", part=f"Re {reynolds}", setup=SETUP,
        source="Botella & Peyret, Comput. Fluids 27 (1998) 421 (Re 1000); high-order finite elements (Re 100, 400)",
        grids=[flow.grid for flow in flows], quantities=quantities,
        panels=[Panel(x="cells along a side", y="deviation", curves=[*errors, asked], logarithmic=True)],
    ))

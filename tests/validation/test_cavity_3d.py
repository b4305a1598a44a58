"""Case 7b: the lid-driven cube at Re 1000."""

from pathlib import Path

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flow_fields import extremum, on_box, start_from, steady_run

from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Z_MAX, FreeSlip, MovingWall
from sparselbm.solver import Simulation

REYNOLDS, SPEED = 1000, 0.1
SIDES = (63, 95)
"""Odd: the plane of symmetry passes through the centres of the last of (n + 1) / 2 layers, which fill whole tiles."""
SETUP = (
    "Cube of side 1, lid along +x at lattice speed 0.1; the half up to the plane of symmetry z = 1/2. D3Q19, TRT with Lambda = "
    "3/16, fp32, halfway walls, along the lid's edges those at rest. 63 and 95 cells stand for 64 and 96, because the plane of "
    "symmetry passes through centres of cells. The finer grid starts from the coarser one's flow."
)
PUBLISHED = {
    "u_min": -0.28038, "v_max": 0.24665, "v_min": -0.43502, "y(u_min)": 0.12419, "x(v_max)": 0.10913, "x(v_min)": 0.90957,
}


def table(component):
    """The published points: coordinate and velocity, (n, 2)."""
    path = Path(__file__).parent / "references" / "cavity_3d_re1000.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    return np.array([(float(x), float(value)) for line, x, value in rows if line.startswith(component)])


class Cube:
    """A flow at rest in time; u along the vertical and v along the horizontal through the centre."""

    def __init__(self, cells, device, start=None, tolerance=1e-3):
        watch = Stopwatch()
        self.simulation = Simulation(
            box((cells, cells, (cells + 1) // 2), voxel_size=1.0 / cells, device=device), viscosity=SPEED * cells / REYNOLDS,
            boundaries=[MovingWall(Y_MAX, (SPEED, 0.0, 0.0)), MovingWall(X_MIN, (0.0,) * 3), MovingWall(X_MAX, (0.0,) * 3),
                        FreeSlip(Z_MAX)],
            precision=wp.float32,
        )
        if start is not None:
            start_from(self.simulation, start.simulation)
        crossing = round(cells / SPEED)
        steady_run(self.simulation, tolerance, stretch=crossing, limit=200 * crossing)
        at = (np.arange(cells) + 0.5) / cells
        self.places = np.concatenate([[0.0], at, [1.0]])
        half = np.full_like(at, 0.5)
        velocity = on_box(self.simulation, self.simulation.velocity() / SPEED)
        u, v = velocity(np.column_stack([half, at, half]))[:, 0], velocity(np.column_stack([at, half, half]))[:, 1]
        self.profiles = {"u": np.concatenate([[0.0], u, [1.0]]), "v": np.concatenate([[0.0], v, [0.0]])}
        self.grid = watch.grid(f"{cells} cells per side", cells, self.simulation)

    def extrema(self):
        y, u_min = extremum(self.places, self.profiles["u"], -1)
        x_max, v_max = extremum(self.places, self.profiles["v"], 1)
        x_min, v_min = extremum(self.places, self.profiles["v"], -1)
        return {"u_min": u_min, "v_max": v_max, "v_min": v_min, "y(u_min)": y, "x(v_max)": x_max, "x(v_min)": x_min}

    def curve(self, component):
        return Curve(self.grid.label, self.places.round(5), self.profiles[component].round(5))


@pytest.mark.validate
def test_extrema(device, hand_in):
    cubes = [None]
    for cells in SIDES:
        cubes.append(Cube(cells, device, cubes[-1]))
    cubes = cubes[1:]
    values = [cube.extrema() for cube in cubes]
    quantities = [
        Quantity(name=name, values=[v[name] for v in values], published=Published(value=published, tolerance=0.03))
        for name, published in PUBLISHED.items()
    ]
    panels = [
        Panel(x=x, y=f"{c} / U", curves=[*(cube.curve(c) for cube in cubes),
              Curve("Albensoeder & Kuhlmann", *table(c).T, points=True)])
        for c, x in (("u", "y at x = z = 1/2"), ("v", "x at y = z = 1/2"))
    ]
    hand_in(Case(
        number="7b", title="Lid-driven cube, Re 1000", setup=SETUP,
        source="Albensoeder & Kuhlmann, J. Comput. Phys. 206 (2005) 536", grids=[cube.grid for cube in cubes],
        quantities=quantities, panels=panels,
    ))

"""Case 17: flow between cylinders of radii 1 and 2, the inner one turning."""

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flows import cylinder
from walls import STAIRCASE, WALLS
from what_walls_can_do import TORQUES, reasons

from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.observe import Torque, evaluate
from sparselbm.solver import Obstacle, Simulation

VISCOSITY = 0.1


class Couette:
    """Error of u over the wall's speed, torques on both cylinders over the exact one."""

    def __init__(self, gap, wall, device, speed=0.24):
        """`speed` x 1 / gap: of the inner wall on the lattice."""
        watch = Stopwatch()
        inner, outer, speed = float(gap), 2.0 * gap, speed / gap
        n = 8 * int(np.ceil((2.0 * outer + 4.0) / 8.0))
        centre = (0.5 * n + 0.2, 0.5 * n + 0.1)
        turn = speed / inner
        motion = RigidVelocity((0.0, 0.0), (turn,), centre)
        simulation = Simulation(
            box((n, n), device=device), viscosity=VISCOSITY, precision=wp.float64,
            obstacles=[
                Obstacle("inner", cylinder(inner, centre, 512), wall=WALLS[wall], motion=motion),
                Obstacle("outer", cylinder(outer, centre, 512), wall=WALLS[wall], hollow=True),
            ],
        )
        simulation.run(round(6.0 * gap**2 / VISCOSITY))
        place = simulation.domain.cell_indices() + 0.5 - centre
        r, u = np.linalg.norm(place, axis=-1), simulation.velocity()
        fluid = (r > inner) & (r < outer)
        swirl = (place[..., 0] * u[..., 1] - place[..., 1] * u[..., 0]) / r / speed
        error = swirl - exact(r / inner)
        self.error, self.largest = float(np.sqrt(np.mean(error[fluid] ** 2))), float(np.abs(error[fluid]).max())
        torque = 4.0 * np.pi * VISCOSITY * turn * inner**2 * outer**2 / (outer**2 - inner**2)
        signs = {"inner": -1.0, "outer": 1.0}
        self.torques = [s * evaluate(Torque(name, centre), simulation) / torque for name, s in signs.items()]
        near = np.unique((r[fluid] / inner).round(2), return_index=True)[1]
        self.curve = Curve(f"{gap} cells of gap", (r[fluid] / inner)[near].round(4), swirl[fluid][near].round(5))
        self.grid = watch.grid(f"{gap} cells of gap", gap, simulation)


def exact(r):
    """u / (Omega R_1) at r / R_1 for R_2 = 2 R_1: 4/3 / r - r / 3."""
    return 4.0 / (3.0 * r) - r / 3.0


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS)
def test_inner_cylinder_turns(wall, device, hand_in):
    flows, half = [Couette(gap, wall, device) for gap in (12, 24)], Couette(12, wall, device, speed=0.12)
    r = np.linspace(1.0, 2.0, 11)
    quantities = [
        Quantity(name="error of u (root mean square)", values=[f.error for f in flows],
                 held_to=TORQUES[wall]["error of u (root mean square)"].held_to,
                 published=Published(value=0.0, tolerance=0.02, absolute=True)),
        Quantity(name="largest error of u", values=[f.largest for f in flows],
                 held_to=TORQUES[wall]["largest error of u"].held_to,
                 published=Published(value=0.0, tolerance=0.02, absolute=True)),
    ] + [
        Quantity(name=f"torque on the {name} cylinder / exact", values=[f.torques[k] for f in flows],
                 half_speed=(flows[0].torques[k], half.torques[k]), published=Published(value=1.0, tolerance=0.02),
                 held_to=TORQUES[wall][f"torque on the {name} cylinder / exact"].held_to, first_order=wall == STAIRCASE)
        for k, name in enumerate(("inner", "outer"))
    ]
    hand_in(Case(
        number="17", title="Taylor-Couette flow, radius ratio 1/2", part=wall,
        misses=reasons(TORQUES[wall]),
        setup="Two dimensions, the inner cylinder turns at a lattice speed of 0.02 "
        "(12 cells) and 0.01 (24 cells); TRT with Lambda = 3/16, fp64, nu = 0.1; the axis off the centres of cells.",
        source="exact", grids=[f.grid for f in flows], quantities=quantities,
        panels=[Panel(x="r / R_1", y="u / (Omega R_1)",
                      curves=[*(f.curve for f in flows), Curve("exact", r, exact(r), points=True)])],
    ))

"""Forces on partially saturated solids that reach the boundary of the domain, which carries a part of their stress."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.geometry import SolidFraction
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force, Torque, evaluate
from sparselbm.solver import Obstacle, Simulation

WALLS = {"solid fraction": SolidFraction(), "Bouzidi": Bouzidi()}


@pytest.mark.parametrize("wall", WALLS)
def test_a_shell_takes_the_torque_that_the_inner_cylinder_gives(wall, device):
    """The shell reaches the boundary; with the solid's own cells alone it had 62 % of the torque."""
    centre, viscosity = (16.2, 16.1), 0.3
    turning = RigidVelocity((0.0, 0.0), (2e-3,), centre)
    simulation = Simulation(
        box((32, 32), device=device), viscosity=viscosity, precision=wp.float64,
        obstacles=[
            Obstacle("inner", cylinder(6.0, centre), wall=WALLS[wall], motion=turning),
            Obstacle("outer", cylinder(12.0, centre), wall=WALLS[wall], hollow=True),
        ],
    )
    simulation.run(1500)
    inner, outer = (evaluate(Torque(name, centre), simulation) for name in ("inner", "outer"))
    exact = 4.0 * np.pi * viscosity * 2e-3 * 6.0**2 * 12.0**2 / (12.0**2 - 6.0**2)
    assert outer == pytest.approx(-inner, rel=1e-4)
    assert outer == pytest.approx(exact, rel=0.06)


def test_drag_of_a_body_on_a_side_of_the_box(device):
    """Half a cylinder on a wall of a channel: both walls agree; the solid's own cells alone had 42 % of the drag."""
    drags = []
    for wall in WALLS.values():
        body = Obstacle("body", cylinder(6.0, (24.3, 0.0)), wall=wall)
        simulation = Simulation(
            box((48, 24), periodic=(True, False), device=device), viscosity=0.1, force=(1e-5, 0.0), precision=wp.float64,
            obstacles=[body],
        )
        simulation.run(5000)
        drags.append(evaluate(Force("body", (1.0, 0.0)), simulation))
    assert drags[0] == pytest.approx(drags[1], rel=0.01)

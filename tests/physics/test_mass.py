"""Mass is conserved: closed cavity with a moving lid and an obstacle, periodic flow past an obstacle."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder, mass, sphere

from sparselbm.grid.build import box
from sparselbm.models.boundary import Y_MAX, MovingWall
from sparselbm.solver import Obstacle, Simulation

STEPS = 1000
CROSS = pytest.mark.parametrize(
    ("dimension", "precision"),
    [
        pytest.param(2, wp.float64, id="2-fp64"), pytest.param(3, wp.float32, id="3-fp32"),
        pytest.param(2, wp.float32, id="2-fp32", marks=pytest.mark.validate),
        pytest.param(3, wp.float64, id="3-fp64", marks=pytest.mark.validate),
    ],
)


def relative_change(simulation, cells):
    """Of the mass over STEPS steps."""
    before = mass(simulation)
    simulation.run(STEPS)
    return abs(mass(simulation) - before) / cells


@CROSS
def test_cavity_with_lid_and_obstacle(dimension, precision, device):
    body = cylinder(5.3, (15.1, 14.2)) if dimension == 2 else sphere(5.3, (9.1, 10.2, 8.7), 2)
    lid = MovingWall(Y_MAX, (0.1, 0.0, 0.0)[:dimension])
    domain = box((30, 30) if dimension == 2 else (20, 20, 18), device=device)
    simulation = Simulation(
        domain, viscosity=0.03, boundaries=[lid], obstacles=[Obstacle("body", body)], precision=precision
    )
    assert relative_change(simulation, domain.fluid_cells) < 1e-6
    assert np.abs(simulation.velocity()).max() > 0.02


@CROSS
def test_periodic_flow_past_an_obstacle(dimension, precision, device):
    body = cylinder(5.3, (15.1, 14.2)) if dimension == 2 else sphere(5.3, (9.1, 10.2, 8.7), 2)
    shape = (32, 32) if dimension == 2 else (24, 24, 24)
    force = (1e-4, 2e-5, 0.0)[:dimension]
    simulation = Simulation(
        box(shape, periodic=[True] * dimension, device=device), viscosity=0.03, force=force,
        obstacles=[Obstacle("body", body)], precision=precision,
    )
    assert relative_change(simulation, np.prod(shape)) < 1e-6
    assert np.abs(simulation.velocity()).max() > 0.02

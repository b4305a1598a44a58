"""Forces of a turning frame: rest in it is steady, and uniform flow runs in inertial circles."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.grid.build import box
from sparselbm.lattice import D3Q19
from sparselbm.models.force import ForceField, RotatingFrame
from sparselbm.models.wall import Halfway
from sparselbm.solver import Obstacle, Simulation

OMEGA = 2e-3


def test_solid_body_rotation_is_steady(device):
    """In a closed vessel that turns with the frame: u = 0, and c_s^2 ln rho = (Omega r)^2 / 2, rim at Mach 0.05."""
    n, c, Omega = 40, 20.0, OMEGA
    vessel = Obstacle("vessel", cylinder(16.0, (c, c), 256), wall=Halfway(), hollow=True)
    simulation = Simulation(
        box((n, n), device=device), viscosity=0.1, force=RotatingFrame((Omega,), (c, c)), obstacles=[vessel],
        precision=wp.float64,
    )
    r2 = ((simulation.domain.cell_indices() + 0.5 - c) ** 2).sum(axis=-1)
    simulation.set_state(np.exp(1.5 * Omega**2 * r2))
    simulation.run(1000)
    fluid = simulation.walls.fluid
    speed = np.linalg.norm(simulation.velocity()[fluid], axis=-1)
    assert speed.max() < 1e-3 * 16.0 * Omega
    rise = np.log(simulation.density()[fluid])
    expected = 1.5 * Omega**2 * r2[fluid]
    assert np.ptp(rise - expected) < 0.01 * np.ptp(expected)


@pytest.mark.parametrize("dimension", [2, 3])
def test_uniform_flow_turns_in_inertial_circles(device, dimension):
    """du/dt = -2 Omega x u: period pi / Omega at one speed. The midpoint rule turns by 2 atan(Omega) a step, exactly.

    The centrifugal force is taken out by a given one, so that the flow stays uniform.
    """
    n, centre = 16, np.full(dimension, 8.0)
    away = lambda x: -(OMEGA**2) * (x - centre) * ([1.0, 1.0, 0.0][:dimension])  # noqa: E731
    Omega = (OMEGA,) if dimension == 2 else (0.0, 0.0, OMEGA)
    simulation = Simulation(
        box((n,) * dimension, periodic=(True,) * dimension, device=device), viscosity=0.05, precision=wp.float64,
        force=[ForceField(away), RotatingFrame(Omega, tuple(centre))], lattice=D3Q19 if dimension == 3 else None,
    )
    start = np.array([0.03, 0.0, 0.01][:dimension])
    simulation.set_state(1.0, start)
    first = simulation.velocity()[0, 0]
    steps = 400
    simulation.run(steps)
    u = simulation.velocity()
    assert np.ptp(u, axis=(0, 1)).max() < 1e-12
    angle = -2.0 * steps * np.arctan(OMEGA)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert u[0, 0, :2] == pytest.approx(turn @ first[:2], abs=1e-11)
    assert u[0, 0, 2:] == pytest.approx(start[2:], abs=1e-12)
    assert angle == pytest.approx(-2.0 * OMEGA * steps, rel=2e-6)

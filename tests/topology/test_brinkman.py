"""Drag of a porous medium: exact profiles, the books of power, and the gradient to the resistance of each cell."""

import numpy as np
import pytest
import warp as wp
from channel_cases import central

from sparselbm.adjoint import Field, Steady, Stored, Window, value_and_grad
from sparselbm.errors import SimulationError
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.force import Brinkman, UniformForce
from sparselbm.observe import PowerLoss, evaluate
from sparselbm.solver import Simulation

VISCOSITY = 1 / 6


def porous_channel(device, cells, ratio, drive=1e-6):
    """Steady flow along x between walls at rest, half their distance `ratio` layers sqrt(nu / alpha)."""
    alpha = VISCOSITY * (2.0 * ratio / cells) ** 2
    simulation = Simulation(
        box((8, cells), periodic=(True, False), device=device), viscosity=VISCOSITY, precision=wp.float64,
        force=[UniformForce((drive, 0.0)), Brinkman(alpha)],
    )
    simulation.run(int(4.0 * cells**2))
    y = (np.arange(cells) + 0.5) / cells * 2.0 - 1.0
    exact = drive / alpha * (1.0 - np.cosh(ratio * y) / np.cosh(ratio))
    return simulation, simulation.domain.dense(simulation.velocity()[..., 0])[0], exact


@pytest.mark.parametrize("ratio", [2.5, 10.0])
def test_profile_of_a_porous_channel_is_of_second_order(device, ratio):
    """u = G / alpha (1 - cosh(y / l) / cosh(h / l)), l^2 = nu / alpha (Brinkman 1949): 0.1 % off at 32 cells."""
    errors = []
    for cells in (16, 32):
        _, u, exact = porous_channel(device, cells, ratio)
        errors.append(np.linalg.norm(u - exact) / np.linalg.norm(exact))
    assert errors[1] < 1.5e-3
    assert np.log2(errors[0] / errors[1]) > 1.5


def test_what_drives_the_flow_is_what_is_lost(device):
    """G sum u = sum alpha u.u + 2 nu S : S in steady state, but for the walls' half cells: second order."""
    gaps = []
    for cells in (16, 32):
        simulation, u, _ = porous_channel(device, cells, 2.5)
        gaps.append(abs(evaluate(PowerLoss(), simulation) / (1e-6 * 8 * u.sum()) - 1.0))
    assert gaps[1] < 2e-3
    assert gaps[1] < 0.3 * gaps[0]


def test_a_great_resistance_stops_the_fluid(device):
    """A plug with alpha = 1e6 is a wall: nothing moves in it, and it stands within half a cell of its place."""
    plug = Brinkman(lambda centres: np.where(centres[..., 1] < 8.0, 1e6, 0.0))
    simulation = Simulation(
        box((8, 24), periodic=(True, False), device=device), viscosity=VISCOSITY, force=[UniformForce((1e-5, 0.0)), plug]
    )
    simulation.run(3000)
    u = simulation.domain.dense(simulation.velocity()[..., 0])[0]
    assert np.abs(u[:8]).max() < 1e-6 * u.max()
    narrow, wide = (1e-5 * width**2 / (8 * VISCOSITY) for width in (16.0, 16.5))
    assert narrow < u.max() < wide


@pytest.fixture(scope="module")
def duct(device):
    """A duct with inlet, outlet and a resistance that differs from cell to cell, beside another force."""
    rng = np.random.default_rng(1)
    return Simulation(
        box((20, 13), device=device), viscosity=0.05, precision=wp.float64,
        boundaries=[VelocityInlet(X_MIN, (0.05, 0.01)), PressureOutlet(X_MAX)],
        force=[UniformForce((1e-4, 2e-5)), Brinkman(lambda centres: 0.3 * rng.random(centres.shape[:-1]) + 0.01)],
    )


def run(duct, alpha, start):
    duct.state.populations.assign(start)
    duct.state.steps = 0
    duct.set_field("resistance", alpha)
    return value_and_grad(PowerLoss(), duct, steps=24, window=Window(2), wrt=(Field("resistance"),), method=Stored())


def test_gradient_to_the_resistance(duct):
    """The adjoint against central differences in fp64, along a random direction, and by its Taylor series."""
    duct.run(3)
    start, rng = duct.state.populations.numpy().copy(), np.random.default_rng(2)
    inside = duct.domain.fluid
    alpha = np.where(inside, 0.01 + 0.3 * rng.random(inside.shape), 0.0)
    direction = np.where(inside, rng.standard_normal(inside.shape), 0.0)

    def value(h):
        return run(duct, alpha + h * direction, start).value

    loss, (gradient,) = run(duct, alpha, start)
    slope = float(np.sum(gradient * direction))
    assert slope == pytest.approx(central(value, 1e-4), rel=1e-7)
    rest = [abs(value(h) - loss - h * slope) for h in (2e-3, 1e-3)]
    assert np.log2(rest[0] / rest[1]) == pytest.approx(2.0, abs=0.02)


def test_stokes_flow_is_its_own_adjoint(device):
    """d P / d alpha = u.u where velocities are given on the boundary: P is the least of all flows with div u = 0."""
    smooth = Brinkman(lambda c: 0.02 + 0.015 * np.cos(c[..., 0] / 5.0) * np.sin(c[..., 1] / 4.0))
    simulation = Simulation(
        box((32, 32), device=device), viscosity=VISCOSITY, precision=wp.float64, collision=TRT(),
        boundaries=[VelocityInlet(X_MIN, (1e-4, 0.0)), VelocityInlet(X_MAX, (1e-4, 0.0)), VelocityInlet(Y_MIN, (5e-5, 0.0))],
        force=smooth,
    )
    _, (gradient,) = value_and_grad(
        PowerLoss(), simulation, steps=4000, wrt=(Field("resistance"),), method=Steady(tolerance=1e-3)
    )
    square = np.sum(simulation.velocity() ** 2, axis=-1)
    inner = np.zeros_like(square, dtype=bool)
    index = simulation.domain.cell_indices()
    inner[np.all((index >= 4) & (index < 28), axis=-1)] = True
    assert np.linalg.norm((gradient - square)[inner]) < 0.02 * np.linalg.norm(square[inner])


def test_refusals(duct, device):
    plain = Simulation(box((8, 8), device=device), viscosity=0.1)
    with pytest.raises(ValueError, match="force=Brinkman"):
        evaluate(PowerLoss(), plain)
    with pytest.raises(SimulationError, match="no field 'resistance'; there are: none"):
        plain.set_field("resistance", np.zeros((1, 64)))
    with pytest.raises(ValueError, match="must be finite and at least 0"):
        Simulation(box((8, 8), device=device), viscosity=0.1, force=Brinkman(-1.0))
    half = Simulation(
        box((16, 8), device=device), viscosity=0.1, force=Brinkman(lambda centres: np.where(centres[..., 0] < 8.0, 1.0, 0.0))
    )
    with pytest.raises(SimulationError, match="1 tiles that store no fields"):
        half.set_field("resistance", np.ones((2, 64)))

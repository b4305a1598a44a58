"""Velocity and pressure conditions at the centres of a face's cells: exact flows, prescribed values, orders."""

import numpy as np
import pytest
import warp as wp
from flows import momentum_density, places, run_until_steady

from sparselbm.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    Face,
    GradPressure,
    GradVelocity,
    MovingWall,
    RegularisedPressure,
    RegularisedVelocity,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.collision import BGK, TRT
from sparselbm.domain import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.memory import tile_array
from sparselbm.simulation import Simulation

VELOCITIES, PRESSURES = (ZouHeVelocity, RegularisedVelocity, GradVelocity), (ZouHePressure, RegularisedPressure, GradPressure)
FACES = [
    (D2Q9, X_MIN), (D2Q9, X_MAX), (D2Q9, Y_MIN), (D2Q9, Y_MAX), (D3Q19, X_MAX), (D3Q19, Y_MIN), (D3Q19, Z_MAX),
    (D3Q27, X_MIN), (D3Q27, Y_MAX), (D3Q27, Z_MIN),
]  # fmt: skip
EVERY_FACE = pytest.mark.parametrize(("lattice", "face"), FACES, ids=lambda value: str(value))
VELOCITY = pytest.mark.parametrize("condition", VELOCITIES, ids=lambda kind: kind.__name__)
PRESSURE = pytest.mark.parametrize("condition", PRESSURES, ids=lambda kind: kind.__name__)


def opposite(face):
    return Face(face.axis, 1 - face.end)


def channel(lattice, face, conditions, device, *, length=12, width=8, walls=(), viscosity=0.05, collision=TRT()):
    """Flow along the axis of a face, periodic along the others but for `walls`."""
    axes = [c.face.axis for c in conditions] + list(walls)
    shape = [length if k == face.axis else width for k in range(lattice.dimension)]
    domain = box(shape, periodic=[k not in axes for k in range(lattice.dimension)], device=device)
    return Simulation(
        domain, lattice=lattice, viscosity=viscosity, collision=collision, boundaries=conditions, precision=wp.float64
    )


def on_face(simulation, face):
    """The cells of a face, (n, cells) bool."""
    layer = 0 if face.end == 0 else simulation.domain.shape[face.axis] - 1
    return simulation.domain.fluid & (places(simulation)[..., face.axis] == layer)


def disturb(simulation, size=0.02):
    """Sets density and velocity at random in every cell."""
    rng, fluid = np.random.default_rng(11), simulation.domain.fluid
    density = 1.0 + size * rng.standard_normal(fluid.shape)
    simulation.set_state(density, size * rng.standard_normal((*fluid.shape, simulation.lattice.dimension)))


@VELOCITY
@EVERY_FACE
def test_an_oblique_uniform_flow_in_and_out_is_exact(condition, lattice, face, device):
    """Inflow through one face and outflow through the other by the same condition, from the first step on."""
    u = np.roll((0.05, -0.02, 0.03)[: lattice.dimension], face.axis)
    conditions = [condition(face, tuple(u)), condition(opposite(face), tuple(u))]
    simulation = channel(lattice, face, conditions, device)
    simulation.set_state(1.01, u)
    simulation.run(100)
    assert np.abs(simulation.velocity()[simulation.domain.fluid] - u).max() < 1e-13
    assert np.abs(simulation.density()[simulation.domain.fluid] - 1.01).max() < 1e-13


@PRESSURE
@EVERY_FACE
def test_a_uniform_flow_between_equal_pressures_is_exact(condition, lattice, face, device):
    u = np.zeros(lattice.dimension)
    u[face.axis] = -0.06
    conditions = [condition(face, 0.99), condition(opposite(face), 0.99)]
    simulation = channel(lattice, face, conditions, device)
    simulation.set_state(0.99, u)
    simulation.run(100)
    assert np.abs(simulation.velocity()[simulation.domain.fluid] - u).max() < 1e-13
    assert np.abs(simulation.density()[simulation.domain.fluid] - 0.99).max() < 1e-13


@pytest.mark.parametrize("condition", [ZouHeVelocity, RegularisedVelocity], ids=lambda kind: kind.__name__)
@EVERY_FACE
def test_the_velocity_holds_exactly_whatever_comes(condition, lattice, face, device):
    """In a flow that is random from cell to cell, walls beside the face included."""
    u = np.array((0.05, -0.02, 0.03)[: lattice.dimension])
    walls = [(face.axis + 1) % lattice.dimension]
    simulation = channel(lattice, face, [condition(face, tuple(u))], device, walls=walls)
    disturb(simulation)
    simulation.run(5)
    at = on_face(simulation, face)
    assert np.abs(simulation.velocity()[at] - u).max() < 1e-15
    assert np.ptp(simulation.density()[at]) > 1e-3


@pytest.mark.parametrize("condition", [ZouHePressure, RegularisedPressure], ids=lambda kind: kind.__name__)
@EVERY_FACE
def test_the_density_holds_exactly_and_flow_is_normal(condition, lattice, face, device):
    walls = [(face.axis + 1) % lattice.dimension]
    simulation = channel(lattice, face, [condition(face, 1.02)], device, walls=walls)
    disturb(simulation)
    simulation.run(5)
    at = on_face(simulation, face)
    u = simulation.velocity()[at]
    assert np.abs(simulation.density()[at] - 1.02).max() < 1e-15
    assert np.abs(np.delete(u, face.axis, axis=1)).max() < 1e-15
    assert np.ptp(u[:, face.axis]) > 1e-3


def poiseuille_errors(condition, lattice, face, cells, device, *, collision, length=10, viscosity=0.5):
    """Errors of u in the middle and of u and rho on the face, between two pressures; relative to the largest."""
    peak = 1e-7  # So slow that the density is uniform but for the gradient, and the flow is Stokes flow.
    wall = (face.axis + 1) % lattice.dimension
    drop = 8.0 * viscosity * peak / cells**2 * 3.0 * (length - 1)
    conditions = [condition(face, 1.0 + drop), condition(opposite(face), 1.0)]
    shape = [length if k == face.axis else cells if k == wall else 8 for k in range(lattice.dimension)]
    domain = box(shape, periodic=[k not in (wall, face.axis) for k in range(lattice.dimension)], device=device)
    simulation = Simulation(
        domain, lattice=lattice, viscosity=viscosity, collision=collision, boundaries=conditions, precision=wp.float64
    )
    run_until_steady(simulation, 1e-9)
    y, s = places(simulation)[..., wall] + 0.5, places(simulation)[..., face.axis]
    distance = s if face.end == 0 else length - 1 - s
    u = face.inward * simulation.velocity()[..., face.axis]
    error = np.where(domain.fluid, u - 4.0 * peak * y * (cells - y) / cells**2, 0.0) / peak
    pressure = np.where(domain.fluid, simulation.density() - 1.0 - drop * (1.0 - distance / (length - 1)), 0.0) / drop
    return np.abs(error).max(), np.abs(pressure).max()


@PRESSURE
@pytest.mark.parametrize(("lattice", "face"), [(D2Q9, X_MIN), (D2Q9, Y_MAX), (D3Q19, Z_MIN), (D3Q27, X_MAX)], ids=str)
def test_poiseuille_between_two_pressures(condition, lattice, face, device):
    velocity, density = poiseuille_errors(condition, lattice, face, 9, device, collision=TRT(3 / 16))
    print(condition.__name__, velocity, density)
    assert velocity < 1e-6
    assert density < 1e-6

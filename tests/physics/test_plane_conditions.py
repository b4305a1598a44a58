"""Velocity and pressure conditions at the centres of a face's cells: their laws at a cell, exact flows, orders."""

from itertools import product

import numpy as np
import pytest
import warp as wp
from flows import momentum_density, places, run_until_steady

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.lattice.equilibrium import equilibrium
from sparselbm.lattice.moments import macroscopic
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    GradPressure,
    GradVelocity,
    RegularisedPressure,
    RegularisedVelocity,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.models.boundary.second_order import contracted
from sparselbm.models.collision import BGK, TRT
from sparselbm.solver import Simulation

VELOCITIES = (ZouHeVelocity, RegularisedVelocity, GradVelocity)
PRESSURES = (ZouHePressure, RegularisedPressure, GradPressure)
FACES = (X_MIN, X_MAX, Y_MIN, Y_MAX, Z_MIN, Z_MAX)
EVERY_FACE = pytest.mark.parametrize(
    ("lattice", "face"),
    [(lattice, face) for lattice, face in product((D2Q9, D3Q19, D3Q27), FACES) if face.axis < lattice.dimension],
    ids=str,
)


def kinds(*conditions):
    return pytest.mark.parametrize("kind", conditions, ids=lambda kind: kind.__name__)


def values(condition, lattice):
    """What `fill` is given: each parameter's excess over its reference."""
    return {number.name: number.excess for number in condition.parameters(lattice.dimension)}


def filled(condition, lattice, f):
    """What a condition makes of a cell's populations, with noise in the place of what it must not use."""
    enters = [q in condition.face.entering(lattice) for q in range(lattice.size)]
    noise = np.random.default_rng(2).standard_normal(f.shape)
    seen = [noise[q] if enter else fq for q, (fq, enter) in enumerate(zip(f, enters, strict=True))]
    return np.array(condition.fill(lattice, seen, values(condition, lattice), enters))


def grad_state(lattice, excess, u, seed=4, cells=50):
    """Populations of density, velocity and random stresses, (Q, cells): Grad's approximation."""
    d, rng = lattice.dimension, np.random.default_rng(seed)
    pi = {(a, b): 0.01 * rng.standard_normal(cells) for a in range(d) for b in range(a, d)}
    feq = equilibrium(lattice, excess, list(u))
    return np.array([
        e + 4.5 * w * contracted(c, pi) for e, w, c in zip(feq, lattice.weights, lattice.velocities, strict=True)
    ])


@kinds(*VELOCITIES)
@EVERY_FACE
def test_a_velocity_condition_restores_a_flow_of_any_density_and_stress(kind, lattice, face):
    """From what is known of them, populations to second order in c come back whole; flow in and out, oblique."""
    for sign in (1.0, -1.0):
        u = sign * np.array((0.07, -0.05, 0.03)[: lattice.dimension])
        density = np.random.default_rng(6).uniform(-0.05, 0.05, 50)
        f = grad_state(lattice, density, u)
        j = [(1.0 + density) * uk for uk in u]  # The mass flux is prescribed.
        assert np.abs(filled(kind(face, tuple(j)), lattice, f) - f).max() < 1e-15


@kinds(*PRESSURES)
@EVERY_FACE
def test_a_pressure_condition_restores_a_flow_of_any_velocity_and_stress(kind, lattice, face):
    """The velocity along the face is free with Grad's condition, and 0 with the others."""
    rng = np.random.default_rng(6)
    u = [
        rng.uniform(-0.1, 0.1, 50) if kind is GradPressure or k == face.axis else 0.0 for k in range(lattice.dimension)
    ]
    f = grad_state(lattice, 0.03, u)
    assert np.abs(filled(kind(face, 1.03), lattice, f) - f).max() < 1e-15


@kinds(ZouHeVelocity, RegularisedVelocity)
@EVERY_FACE
def test_the_mass_flux_holds_exactly_whatever_comes(kind, lattice, face):
    j = (0.05, -0.02, 0.03)[: lattice.dimension]
    f = 0.1 * np.random.default_rng(1).uniform(-1.0, 1.0, (lattice.size, 50)) / lattice.size
    excess, velocity = macroscopic(lattice, filled(kind(face, j), lattice, f), [0.0] * lattice.dimension)
    assert np.abs((1.0 + excess) * np.array(velocity) - np.reshape(j, (-1, 1))).max() < 1e-15
    assert np.ptp(excess) > 0.01


@kinds(ZouHePressure, RegularisedPressure)
@EVERY_FACE
def test_the_density_holds_exactly_and_flow_is_normal(kind, lattice, face):
    f = 0.1 * np.random.default_rng(1).uniform(-1.0, 1.0, (lattice.size, 50)) / lattice.size
    excess, velocity = macroscopic(lattice, filled(kind(face, 1.02), lattice, f), [0.0] * lattice.dimension)
    normal = velocity.pop(face.axis)
    assert np.abs(excess - 0.02).max() < 1e-15
    assert np.abs(velocity).max() < 1e-15
    assert np.ptp(normal) > 0.01


@pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=str)
def test_grad_velocity_serves_openings_of_any_shape(lattice):
    """With masks of what enters: every population that does not, and the flow where its opposite is known."""
    u, rng = (0.05, -0.02, 0.03)[: lattice.dimension], np.random.default_rng(8)
    density = rng.uniform(-0.05, 0.05, 50)
    f = grad_state(lattice, density, u)
    enters = rng.random(f.shape) < 0.5
    enters[0] = False
    for q, p in enumerate(lattice.opposites):
        enters[q] &= ~enters[p] | (q < p)
        enters[p] &= ~enters[q] if p != q else True
    condition = GradVelocity(X_MIN, tuple((1.0 + density) * uk for uk in u))
    seen = np.where(enters, rng.standard_normal(f.shape), f)
    ours = condition.fill(lattice, list(seen), values(condition, lattice), list(enters))
    assert 0.2 < enters.mean() < 0.5
    assert np.abs(np.array(ours) - f).max() < 1e-14


def poiseuille_errors(kind, lattice, face, cells, device, *, collision=TRT(), viscosity=0.5):
    """Largest errors of u and of rho between two pressures, relative to the largest u and to the drop.

    The flow starts as it should be: what odd and even steps do not share, neither walls nor pressures take out.
    """
    peak, length = 1e-7, 3 * cells // 2  # So slow that density is uniform but for its gradient.
    wall = (face.axis + 1) % lattice.dimension
    drop = 8.0 * viscosity * peak / cells**2 * 3.0 * (length - 1)
    ends = [other for other in FACES if other.axis == face.axis]
    conditions = [kind(end, 1.0 + (drop if end == face else 0.0)) for end in ends]
    shape = [length if k == face.axis else cells if k == wall else 8 for k in range(lattice.dimension)]
    domain = box(shape, periodic=[k not in (wall, face.axis) for k in range(lattice.dimension)], device=device)
    simulation = Simulation(
        domain, lattice=lattice, viscosity=viscosity, collision=collision, boundaries=conditions, precision=wp.float64
    )
    y, s = places(simulation)[..., wall] + 0.5, places(simulation)[..., face.axis]
    exact = np.zeros((*y.shape, lattice.dimension))
    exact[..., face.axis] = face.inward * 4.0 * peak * y * (cells - y) / cells**2
    density = 1.0 + drop * (1.0 - (s if face.end == 0 else length - 1 - s) / (length - 1))
    simulation.set_state(density, exact)
    run_until_steady(simulation, 1e-8)
    u_error, rho_error = simulation.velocity() - exact, simulation.density() - density
    return np.abs(u_error[domain.fluid]).max() / peak, np.abs(rho_error[domain.fluid]).max() / drop


@kinds(*PRESSURES)
@pytest.mark.parametrize(
    ("collision", "viscosity"), [pytest.param(BGK(), 1 / 6, marks=pytest.mark.validate), (TRT(), 0.5)], ids=["BGK", "TRT"]
)
def test_poiseuille_between_two_pressures_is_second_order(kind, collision, viscosity, device):
    """u on the whole channel, faces and corners included; the density's error next to the face is of first order."""
    options = {"collision": collision, "viscosity": viscosity}
    errors = np.array([poiseuille_errors(kind, D2Q9, X_MIN, n, device, **options) for n in (8, 16, 32)])
    orders = np.log2(errors[:-1] / errors[1:])
    assert (orders[:, 0] > 1.9).all()
    assert errors[-1, 0] < 1e-3
    assert errors[-1, 1] < 1e-3


@kinds(*PRESSURES)
@pytest.mark.parametrize(
    ("lattice", "face"), [(D2Q9, Y_MAX), pytest.param(D3Q27, Z_MIN, marks=pytest.mark.validate)], ids=str
)
def test_poiseuille_along_other_faces(kind, lattice, face, device):
    velocity, density = poiseuille_errors(kind, lattice, face, 12, device)
    assert velocity < 2e-3
    assert density < 3e-3


@kinds(*VELOCITIES)
@pytest.mark.parametrize(("lattice", "face"), [(D2Q9, Y_MAX), (D3Q19, Z_MIN)], ids=str)
def test_couette_flow_under_a_velocity_condition_is_exact(kind, lattice, face, device):
    """Halfway wall at rest against a velocity along the face, at its cells' centres: u = U y / (H - 1/2)."""
    cells, speed = 10, 1e-3
    flow = (face.axis + 1) % lattice.dimension
    lid = kind(face, tuple(speed if k == flow else 0.0 for k in range(lattice.dimension)))
    shape = [cells if k == face.axis else 8 for k in range(lattice.dimension)]
    domain = box(shape, periodic=[k != face.axis for k in range(lattice.dimension)], device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=0.5, boundaries=[lid], precision=wp.float64)
    run_until_steady(simulation, 1e-13)
    y = places(simulation)[..., face.axis]
    exact = speed * ((y if face.end else cells - 1 - y) + 0.5) / (cells - 0.5)
    assert np.abs(simulation.velocity()[..., flow] - exact)[domain.fluid].max() < 1e-10 * speed


@pytest.mark.parametrize(("inlet", "outlet"), list(zip(VELOCITIES, PRESSURES, strict=True)), ids=lambda k: k.__name__)
def test_what_flows_in_flows_out(inlet, outlet, device):
    """The same flux through every section of a channel, the faces among them."""
    speed, shape = 0.01, (40, 12)
    simulation = Simulation(
        box(shape, device=device), viscosity=1.0, boundaries=[inlet(X_MIN, (speed, 0.0)), outlet(X_MAX)], precision=wp.float64
    )
    run_until_steady(simulation, 1e-9)
    flux = momentum_density(simulation)[..., 0].sum(axis=1)
    inner = flux[1:-1]
    assert inner == pytest.approx(np.full(shape[0] - 2, inner.mean()), rel=1e-7)
    assert flux[[0, -1]] == pytest.approx(inner[:2], rel=1e-6)

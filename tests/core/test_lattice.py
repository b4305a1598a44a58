"""The velocity sets: moments, symmetry, and flows that turn with the axes."""

import itertools
import math

import numpy as np
import pytest
import warp as wp
from states import dense_state, noise, set_dense_state

from sparselbm.grid.build import box
from sparselbm.lattice import CS2, D2Q9, D3Q19, D3Q27
from sparselbm.lattice.equilibrium import equilibrium
from sparselbm.lattice.moments import excess_density, macroscopic, momentum
from sparselbm.models.collision import BGK, TRT
from sparselbm.solver import Simulation

LATTICES = pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)
COLLISIONS = pytest.mark.parametrize("collision", [BGK(), TRT()], ids=["BGK", "TRT"])


@LATTICES
def test_moments_of_the_weights_are_isotropic_to_fourth_order(lattice):
    """sum w = 1, sum w cc = c_s^2 I, sum w cccc = c_s^4 (dd + dd + dd), odd ones 0: the moments of a Gaussian."""
    c, w = np.array(lattice.velocities), np.array(lattice.weights)
    assert len(set(lattice.velocities)) == lattice.size
    for order in range(6):
        for axes in itertools.product(range(lattice.dimension), repeat=order):
            powers = [axes.count(k) for k in range(lattice.dimension)]
            gauss = math.prod(0 if p % 2 else math.prod(range(p - 1, 0, -2)) for p in powers) * CS2 ** (order / 2)
            assert w @ np.prod(c[:, list(axes)], axis=1) == pytest.approx(gauss, abs=1e-15)


@LATTICES
def test_opposites_and_mirrors(lattice):
    c = np.array(lattice.velocities)
    assert np.array_equal(c[list(lattice.opposites)], -c)
    for axis in range(lattice.dimension):
        assert np.array_equal(
            c[list(lattice.mirrored(axis))], c * np.where(np.arange(lattice.dimension) == axis, -1, 1)
        )


@LATTICES
def test_equilibrium_has_the_moments_of_its_flow(lattice):
    """rho, rho u and rho c_s^2 I + rho uu."""
    rho, u = 1.07, np.array([0.05, -0.08, 0.03])[: lattice.dimension]
    f = equilibrium(lattice, rho - 1.0, list(u))
    c, physical = np.array(lattice.velocities), np.array(f) + lattice.weights
    assert excess_density(f) == pytest.approx(0.07, rel=1e-13)
    assert momentum(lattice, f) == pytest.approx(rho * u, rel=1e-13)
    stress = np.einsum("q,qi,qj->ij", physical, c, c)
    assert stress == pytest.approx(rho * (CS2 * np.eye(lattice.dimension) + np.outer(u, u)), rel=1e-12)


@LATTICES
@COLLISIONS
def test_collision_conserves_mass_and_adds_the_force(lattice, collision):
    f = list(noise(lattice, (5,)))
    force = [1e-3, -2e-3, 4e-3][: lattice.dimension]
    post = collision.collide(lattice, f, 0.02, force)
    assert excess_density(post) == pytest.approx(excess_density(f), abs=1e-15)
    gained = np.array(momentum(lattice, post)) - momentum(lattice, f)
    assert gained == pytest.approx(np.broadcast_to(np.array(force)[:, None], gained.shape), abs=1e-15)


@LATTICES
@COLLISIONS
def test_equilibrium_is_a_fixed_point_and_stress_relaxes_with_omega(lattice, collision):
    """Without force f^eq stays; the shear stress of the rest decays by 1 - omega, omega = 1 / (3 nu + 1/2)."""
    viscosity, zero = 0.07, [0.0] * lattice.dimension
    f = noise(lattice, (5,))
    excess, u = macroscopic(lattice, list(f), zero)
    feq = np.array(equilibrium(lattice, excess, u))
    assert np.array(collision.collide(lattice, list(feq), viscosity, zero)) == pytest.approx(feq, abs=1e-15)
    c = np.array(lattice.velocities)
    shear = c[:, 0] * c[:, 1]
    post = np.array(collision.collide(lattice, list(f), viscosity, zero))
    assert shear @ (post - feq) == pytest.approx((1.0 - 1.0 / (3.0 * viscosity + 0.5)) * (shear @ (f - feq)), abs=1e-15)


def test_bgk_is_trt_with_equal_rates():
    """Lambda = (1/omega - 1/2)^2 makes both rates equal."""
    viscosity, force = 0.07, [1e-3, -2e-3, 4e-3]
    f = list(noise(D3Q19, (5,)))
    single = BGK().collide(D3Q19, f, viscosity, force)
    double = TRT((3.0 * viscosity) ** 2).collide(D3Q19, f, viscosity, force)
    assert np.array(single) == pytest.approx(np.array(double), abs=1e-15)


@pytest.mark.parametrize("magic", [0.0, -1.0, float("nan")])
def test_a_magic_parameter_that_is_refused(magic):
    with pytest.raises(ValueError, match="must be above 0 and finite; use 3/16"):
        TRT(magic)


def turned(f, lattice, axes, signs):
    """Populations with the axes permuted and reflected: (Q, n, ...) on a cube whose axes all have the same length."""
    d = lattice.dimension
    which = [lattice.velocities.index(tuple(signs[k] * c[axes[k]] for k in range(d))) for c in lattice.velocities]
    field = np.transpose(f, (0, *[1 + axes[k] for k in range(d)]))
    for k in range(d):
        field = np.flip(field, 1 + k) if signs[k] < 0 else field
    result = np.empty_like(field)
    result[which] = field
    return result


@LATTICES
@COLLISIONS
def test_a_turned_flow_gives_the_turned_result(lattice, collision, device):
    """Every one of the 8 or 48 symmetries of the axes commutes with the flow, walls included (fp64, 20 steps)."""
    d = lattice.dimension
    simulation = Simulation(
        box((11,) * d, device=device),
        lattice=lattice,
        viscosity=0.03,
        collision=collision,
        precision=wp.float64,
    )

    def result(f):
        set_dense_state(simulation, f)
        simulation.run(20)
        return dense_state(simulation)

    start = noise(lattice, (11,) * d)
    end = result(start)
    for axes in itertools.permutations(range(d)):
        for signs in itertools.product((1, -1), repeat=d):
            assert np.abs(result(turned(start, lattice, axes, signs)) - turned(end, lattice, axes, signs)).max() < 1e-12

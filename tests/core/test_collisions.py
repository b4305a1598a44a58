"""Laws of the collision models, each on every lattice it has: what is conserved, kept, relaxed and refused."""

import itertools

import numpy as np
import pytest
import warp as wp
from collision_cases import EVERY, NEWTONIAN, WITH_RATES, WRAPPERS, cases
from reference_from_models import DenseFlow
from states import dense_state, noise, set_dense_state
from test_expression import values

from sparselbm.grid.build import box
from sparselbm.lattice import CS2, D2Q9, D3Q27
from sparselbm.lattice.bases import (
    about,
    hermite_moments,
    hermite_populations,
    of_stress,
    orders,
    pair,
    populations,
    raw_moments,
)
from sparselbm.lattice.equilibrium import equilibrium
from sparselbm.lattice.moments import excess_density, macroscopic, momentum
from sparselbm.models.collision import (
    BGK,
    KBC,
    MRT,
    CentralMoment,
    Cumulant,
    ExactDifference,
    RecursiveRegularised,
    Regularised,
)
from sparselbm.models.collision.cumulant import cumulants_of_moments, moments_of_cumulants
from sparselbm.models.collision.kbc import entropic_equilibrium, shear_part
from sparselbm.models.rheology import Carreau, PowerLaw
from sparselbm.models.turbulence import Smagorinsky
from sparselbm.solver import Simulation
from sparselbm.trace.expression import Graph, pullback

LATTICES = pytest.mark.parametrize("lattice", EVERY, ids=repr)
ALL = pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, WITH_RATES, WRAPPERS))
FORCE, VISCOSITY = (1e-3, -2e-3, 4e-3), 0.07
OMEGA = 1.0 / (3.0 * VISCOSITY + 0.5)


def from_moments(lattice, moment):
    """Physical populations with the raw moments moment(a, b, ...), by solving the Q linear equations."""
    powers = np.array([[np.prod(np.power(c, key)) for c in lattice.velocities] for key in orders(lattice)])
    return np.linalg.solve(powers, np.array([moment(*key) for key in orders(lattice)]))


def maxwell(lattice, rho, u):
    """Populations with the moments of Maxwell's distribution: (1, u, c_s^2 + u^2) along each axis."""
    return from_moments(lattice, lambda *key: rho * np.prod([(1.0, v, CS2 + v * v)[a] for a, v in zip(key, u, strict=False)]))


@LATTICES
def test_moments_are_sums_over_velocities_and_determine_the_populations(lattice):
    f = noise(lattice, (4,))
    c, m = np.array(lattice.velocities), raw_moments(lattice, list(f))
    for key, value in m.items():
        assert value == pytest.approx(np.prod(c**key, axis=1) @ f, abs=1e-16)
    assert np.array(populations(lattice, m)) == pytest.approx(f, abs=1e-16)
    assert np.array(hermite_populations(lattice, hermite_moments(lattice, list(f)))) == pytest.approx(f, abs=1e-16)


@LATTICES
def test_moments_about_a_velocity(lattice):
    f, u = noise(lattice, (4,)), (0.1, -0.2, 0.15)[: lattice.dimension]
    moved = np.array(lattice.velocities) - u
    for key, value in about(lattice, raw_moments(lattice, list(f)), u).items():
        assert value == pytest.approx(np.prod(moved**key, axis=1) @ f, abs=1e-16)


@LATTICES
def test_the_weights_are_the_first_hermite_moment(lattice):
    h = hermite_moments(lattice, lattice.weights)
    assert h.pop((0,) * lattice.dimension) == pytest.approx(1.0, abs=1e-15)
    assert list(h.values()) == pytest.approx([0.0] * (lattice.size - 1), abs=1e-15)


@ALL
def test_mass_is_conserved_and_momentum_gains_the_force(collision, lattice):
    f, force = list(noise(lattice, (5,))), list(FORCE[: lattice.dimension])
    post = collision.collide(lattice, f, 0.02, force)
    assert excess_density(post) == pytest.approx(excess_density(f), abs=2e-17)
    gained = np.array(momentum(lattice, post)) - momentum(lattice, f)
    assert gained == pytest.approx(np.broadcast_to(np.array(force)[:, None], gained.shape), abs=1e-17)


@ALL
def test_equilibrium_is_a_fixed_point(collision, lattice):
    """The second-order one, Maxwell's of all orders, or that of least entropy."""
    excess, u = 0.03, [0.04, -0.05, 0.02][: lattice.dimension]
    inner = getattr(collision, "collision", collision)
    if isinstance(inner, CentralMoment | Cumulant | RecursiveRegularised):
        feq = maxwell(lattice, 1.0 + excess, u) - lattice.weights
    elif isinstance(inner, KBC):
        feq = np.array(entropic_equilibrium(lattice, excess, u))
    else:
        feq = np.array(equilibrium(lattice, excess, u))
    post = collision.collide(lattice, list(feq), 0.02, [0.0] * lattice.dimension)
    assert np.array(post) == pytest.approx(feq, abs=5e-16)


@ALL
def test_a_turned_cell_collides_to_the_turned_result(collision, lattice):
    """Every one of the 8 or 48 symmetries of the axes commutes with the collision, force included."""
    d, c = lattice.dimension, lattice.velocities
    f, force = noise(lattice, (5,)), FORCE[: lattice.dimension]
    post = np.array(collision.collide(lattice, list(f), 0.02, list(force)))
    for axes in itertools.permutations(range(d)):
        for signs in itertools.product((1, -1), repeat=d):
            which = [c.index(tuple(signs[k] * v[axes[k]] for k in range(d))) for v in c]
            turned, turned_post = np.empty_like(f), np.empty_like(f)
            turned[which], turned_post[which] = f, post
            turned_force = [signs[k] * force[axes[k]] for k in range(d)]
            assert np.array(collision.collide(lattice, list(turned), 0.02, turned_force)) == pytest.approx(turned_post, abs=1e-15)


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN))
def test_the_stress_relaxes_with_omega(collision, lattice):
    """Off-diagonal stress and its trace-free diagonal, to the accuracy of the cubic terms that each treats in its own way."""
    f = 1e-4 * noise(lattice, (5,))
    c, zero = np.array(lattice.velocities), [0.0] * lattice.dimension
    feq = np.array(equilibrium(lattice, *macroscopic(lattice, list(f), zero)))
    post = np.array(collision.collide(lattice, list(f), VISCOSITY, zero))
    for seen in (c[:, 0] * c[:, 1], c[:, 0] ** 2 - c[:, 1] ** 2):
        assert seen @ (post - feq) == pytest.approx((1.0 - OMEGA) * (seen @ (f - feq)), abs=2e-11)


@LATTICES
def test_equal_rates_are_bgk(lattice):
    """MRT as it is, central moments for the equilibrium of all orders."""
    d = lattice.dimension
    f, equal = list(noise(lattice, (5,))), (2.0 * VISCOSITY / d, (OMEGA,) * 4)
    force = list(FORCE[:d])
    single = BGK().collide(lattice, f, VISCOSITY, force)
    assert np.array(MRT(*equal).collide(lattice, f, VISCOSITY, force)) == pytest.approx(np.array(single), abs=1e-17)
    zero = [0.0] * d
    excess, u = macroscopic(lattice, f, zero)
    feq = np.stack([maxwell(lattice, 1.0 + e, v) for e, v in zip(excess, np.transpose(u), strict=True)], axis=1)
    feq -= np.array(lattice.weights)[:, None]
    central = CentralMoment(*equal).collide(lattice, f, VISCOSITY, zero)
    assert np.array(central) == pytest.approx(f + OMEGA * (feq - f), abs=2e-15)


@pytest.mark.parametrize("model", [MRT, CentralMoment, Cumulant])
def test_each_order_relaxes_at_its_rate(model):
    """In a cell without mean flow, at amplitudes where products of departures vanish."""
    f = 1e-9 * noise(D3Q27, (1,))[:, 0]
    f -= np.array(equilibrium(D3Q27, excess_density(list(f)), momentum(D3Q27, list(f))))
    rates = (1.7, 1.1, 0.9, 1.3)
    post = model(0.2, rates).collide(D3Q27, list(f), VISCOSITY, [0.0] * 3)
    before, after = hermite_moments(D3Q27, list(f)), hermite_moments(D3Q27, post)
    for key in (key for key in before if sum(key) > 2):
        assert after[key] == pytest.approx((1.0 - rates[sum(key) - 3]) * before[key], abs=1e-17)
    trace = [(2, 0, 0), (0, 2, 0), (0, 0, 2)]
    kept = 1.0 - 1.0 / (0.2 * 4.5 + 0.5)
    assert sum(after[k] for k in trace) == pytest.approx(kept * sum(before[k] for k in trace), abs=1e-17)


@pytest.mark.parametrize(("model", "lattice"), cases(NEWTONIAN, WITH_RATES, {"Smagorinsky": WRAPPERS["Smagorinsky"]}))
def test_a_stress_alone_relaxes_at_its_rate_on_every_link(model, lattice):
    """f^eq + w / (2 c_s^4) (c c - c_s^2 I) : Pi without trace becomes f^eq + (1 - omega) times that; no other moment appears.

    `ParabolicInterpolation` takes the second derivative along a link from this: with central moments of powers of c - u, a pipe
    at Re 60 on D3Q27 had 30 % too little pressure drop.
    """
    d, random = lattice.dimension, np.random.default_rng(5)
    pi = {pair(lattice, a, b): 1e-8 * random.normal() for a in range(d) for b in range(a, d)}
    pi[pair(lattice, 0, 0)] -= sum(pi[pair(lattice, a, a)] for a in range(d))
    f = np.array(of_stress(lattice, pi))
    post = np.array(model.collide(lattice, list(f), VISCOSITY, [0.0] * d))
    assert post == pytest.approx((1.0 - OMEGA) * f, abs=1e-6 * np.abs(f).max())


@LATTICES
def test_a_regularised_cell_holds_its_stress_alone(lattice):
    """Beyond the second order the Hermite moments are those of equilibrium."""
    f = list(noise(lattice, (5,)))
    zero = [0.0] * lattice.dimension
    feq = np.array(equilibrium(lattice, *macroscopic(lattice, f, zero)))
    left = np.array(Regularised().collide(lattice, f, VISCOSITY, zero)) - feq
    basis = np.array([np.outer(c, c) - CS2 * np.eye(lattice.dimension) for c in lattice.velocities])
    stress = np.einsum("qab,qn->abn", basis, np.array(f) - feq)
    expected = np.array(lattice.weights)[:, None] * 4.5 * (1.0 - OMEGA) * np.einsum("qab,abn->qn", basis, stress)
    assert left == pytest.approx(expected, abs=1e-16)


def test_hermite_moments_follow_malaspinas_recursion():
    """h_xxy = rho u_x u_x u_y + (1 - omega) (2 u_x a_xy + u_y a_xx), h_xxyy one order on, a the stress of f - f^eq."""
    f = list(noise(D2Q9, (5,)))
    excess, (ux, uy) = macroscopic(D2Q9, f, [0.0, 0.0])
    h, rho = hermite_moments(D2Q9, f), 1.0 + excess
    post = hermite_moments(D2Q9, RecursiveRegularised().collide(D2Q9, f, VISCOSITY, [0.0, 0.0]))
    axx, axy, ayy = h[2, 0] - rho * ux * ux, h[1, 1] - rho * ux * uy, h[0, 2] - rho * uy * uy
    axxy = uy * axx + 2.0 * ux * axy
    axxyy = uy * axxy + 2.0 * ux * uy * axy + ux * ux * ayy
    assert post[2, 1] == pytest.approx(rho * ux * ux * uy + (1.0 - OMEGA) * axxy, abs=1e-16)
    assert post[2, 2] == pytest.approx(rho * (ux * uy) ** 2 + (1.0 - OMEGA) * axxyy, abs=1e-16)


@pytest.mark.parametrize("lattice", [D2Q9, D3Q27], ids=repr)
def test_entropy_has_no_slope_along_what_is_not_stress(lattice):
    """gamma makes <Delta h | f* - f^eq> = 0: the quadratic entropy is stationary along Delta h."""
    f = list(noise(lattice, (5,)))
    zero = [0.0] * lattice.dimension
    feq = np.array(entropic_equilibrium(lattice, *macroscopic(lattice, f, zero)))
    left = np.array(KBC().collide(lattice, f, VISCOSITY, zero)) - feq
    h = np.stack([n - s for n, s in zip(f - feq, shear_part(lattice, list(f - feq)), strict=True)])
    physical = feq + np.array(lattice.weights)[:, None]
    assert (h * left / physical).sum(axis=0) == pytest.approx(np.zeros(5), abs=1e-15 * (h * h / physical).sum() / 1e-4)


@pytest.mark.parametrize("lattice", [D2Q9, D3Q27], ids=repr)
def test_the_entropic_equilibrium_has_the_least_entropy(lattice):
    """sum f log(f / w) is stationary at fixed mass and momentum: log(f / w) is a + b . c exactly."""
    u = [0.1, -0.2, 0.15][: lattice.dimension]
    f = np.array(entropic_equilibrium(lattice, 0.1, u)) + lattice.weights
    c = np.array(lattice.velocities)
    assert f.sum() == pytest.approx(1.1, rel=1e-14)
    assert f @ c == pytest.approx(1.1 * np.array(u), rel=1e-13)
    logarithm = np.log(f / lattice.weights)
    linear = np.column_stack([np.ones(lattice.size), c])
    assert logarithm == pytest.approx(linear @ np.linalg.lstsq(linear, logarithm, rcond=None)[0], abs=1e-14)


def central_moments(values, probabilities):
    """Central moments to the power 2 of each axis, order 2 and up; values (n, d), probabilities (n,)."""
    away = values - probabilities @ values
    keys = itertools.product(range(3), repeat=values.shape[1])
    return {key: probabilities @ np.prod(away**key, axis=1) for key in keys if sum(key) > 1}


@pytest.mark.parametrize("dimension", [2, 3])
def test_cumulants_of_a_sum_add(dimension):
    """Of independent variables: the law that defines cumulants; and moments and cumulants undo each other."""
    random = np.random.default_rng(5)
    x, y = random.normal(size=(2, 6, dimension))
    p, q = random.dirichlet(np.ones(6), size=2)
    together = (x[:, None] + y).reshape(-1, dimension)
    of_sum = cumulants_of_moments(central_moments(together, np.outer(p, q).ravel()))
    of_x, of_y = cumulants_of_moments(central_moments(x, p)), cumulants_of_moments(central_moments(y, q))
    for key, value in of_sum.items():
        assert value == pytest.approx(of_x[key] + of_y[key], rel=1e-9, abs=1e-11)
    assert moments_of_cumulants(of_x) == pytest.approx(central_moments(x, p), rel=1e-12)


def test_a_force_moves_the_first_cumulant_alone():
    f, force = list(noise(D3Q27, (5,))), list(FORCE)
    excess, v = macroscopic(D3Q27, f, [0.0] * 3)
    free, pushed = (Cumulant().collide(D3Q27, f, VISCOSITY, F) for F in ([0.0] * 3, force))
    faster = [vk + F / (1.0 + excess) for vk, F in zip(v, force, strict=True)]
    w = np.array(D3Q27.weights)[:, None]
    before = about(D3Q27, raw_moments(D3Q27, list(free + w)), v)
    after = about(D3Q27, raw_moments(D3Q27, list(pushed + w)), faster)
    for key, value in before.items():
        assert after[key] == pytest.approx(value, abs=2e-15)


@LATTICES
def test_the_exact_difference_is_that_of_two_equilibria(lattice):
    """At equilibrium the force moves it to that of the faster flow, to all its orders in F."""
    d, rho, u = lattice.dimension, 1.03, np.array([0.04, -0.05, 0.02])[: lattice.dimension]
    force = list(FORCE[:d])
    before, after = (np.array(equilibrium(lattice, rho - 1.0, list(v))) for v in (u, u + np.array(force) / rho))
    post = ExactDifference(BGK()).collide(lattice, list(before), VISCOSITY, force)
    assert np.array(post) == pytest.approx(after, abs=1e-16)


@LATTICES
def test_the_eddy_viscosity_is_that_of_the_strain_rate(lattice):
    """nu_t = C^2 |S| with S = -3 omega / (2 rho) Pi at the omega of nu + nu_t itself; a fluid at rest has none."""
    f, d, C = list(noise(lattice, (5,))), lattice.dimension, 0.2
    force = list(FORCE[:d])
    asked = []

    class Seen(BGK):
        def collide(self, lattice, f, viscosity, force):
            asked.append(viscosity)
            return f

    Smagorinsky(Seen(), C).collide(lattice, f, VISCOSITY, force)
    excess, u = macroscopic(lattice, f, force)
    c, F = np.array(lattice.velocities), np.array(force)
    left = np.array(f) - np.array(equilibrium(lattice, excess, u))
    pi = np.einsum("qa,qb,qn->abn", c, c, left) + 0.5 * (np.einsum("an,b->abn", u, F) + np.einsum("a,bn->abn", F, u))
    pi -= np.einsum("aan->n", pi) * np.eye(d)[:, :, None] / d
    strain = -1.5 / (3.0 * asked[0] + 0.5) * pi / (1.0 + excess)
    assert asked[0] - VISCOSITY == pytest.approx(C**2 * np.sqrt(2.0 * (strain**2).sum(axis=(0, 1))), rel=1e-12)
    Smagorinsky(Seen(), C).collide(lattice, [np.zeros(1)] * lattice.size, VISCOSITY, [0.0] * d)
    assert asked[1] == VISCOSITY


@ALL
def test_pullback_is_the_transposed_jacobian(collision, lattice):
    """lambda . (J mu), by central differences along mu, equals (J^T lambda) . mu, also in viscosity and force."""
    random = np.random.default_rng(1)
    Q, d = lattice.size, lattice.dimension
    at = np.concatenate([0.02 * random.standard_normal(Q) * lattice.weights, [0.05], 1e-3 * random.standard_normal(d)])
    direction, covector = random.standard_normal(at.size) * [*lattice.weights, 0.1, *[0.1] * d], random.standard_normal(Q)

    def along(t):
        x = at + t * direction
        return covector @ np.array(collision.collide(lattice, list(x[:Q]), x[Q], list(x[Q + 1 :])))

    h = 5e-5
    forward = (8.0 * (along(h) - along(-h)) - (along(2.0 * h) - along(-2.0 * h))) / (12.0 * h)
    graph = Graph()
    x = [graph.input(f"x{k}") for k in range(at.size)]
    adjoints = pullback(collision.collide(lattice, x[:Q], x[Q], x[Q + 1 :]), list(covector), x)
    known = values(graph, {f"x{k}": number for k, number in enumerate(at)})
    backward = np.array([known[g.index] for g in adjoints])
    assert backward @ direction == pytest.approx(forward, rel=1e-7)


@ALL
def test_a_fluid_at_rest_has_finite_gradients(collision, lattice):
    """In fp32 too, where squares of small numbers vanish; roots, logarithms and quotients are 0 / 0 there."""
    Q, d = lattice.size, lattice.dimension
    graph = Graph()
    x = [graph.input(f"x{k}") for k in range(Q + 1)]
    post = collision.collide(lattice, x[:Q], x[Q], [graph.constant(0.0)] * d)
    adjoints = pullback(post, [1.0 + q for q in range(Q)], x)
    at = {f"x{k}": np.float32(0.0) for k in range(Q)} | {f"x{Q}": np.float32(0.05)}
    with np.errstate(all="raise", under="ignore"):
        known = values(graph, at)
    assert np.isfinite([known[g.index] for g in [*post, *adjoints]]).all()
    assert max(abs(known[y.index]) for y in post) == 0.0


@ALL
def test_small_departures_keep_their_digits(collision, lattice):
    """Shifted populations of 1e-4 in fp32: the error is of their own size, not of the weights'."""
    f, force = 1e-3 * noise(lattice, (50,)).astype(np.float32), np.float32(1e-5) * np.ones(3, dtype=np.float32)
    exact = np.array(collision.collide(lattice, list(f.astype(float)), 0.01, list(force[: lattice.dimension].astype(float))))
    single = np.array(collision.collide(lattice, list(f), np.float32(0.01), list(force[: lattice.dimension])))
    assert single.dtype == np.float32
    assert np.abs(single - exact).max() < 8.0 * np.finfo(np.float32).eps * np.abs(f).max()


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, WRAPPERS))
def test_the_kernel_steps_as_numpy_does(collision, lattice, device):
    force, shape = FORCE[: lattice.dimension], (16, 8, 8)[: lattice.dimension]
    domain = box(shape, periodic=[True] * lattice.dimension, device=device)
    simulation = Simulation(domain, lattice=lattice, collision=collision, viscosity=0.07, force=force, precision=wp.float64)
    f = noise(lattice, shape)
    set_dense_state(simulation, f)
    reference = DenseFlow(lattice, collision, 0.07, f, force=force)
    simulation.run(5)
    for _ in range(5):
        reference.step()
    assert np.abs(dense_state(simulation) - reference.populations).max() < 1e-13


@pytest.mark.parametrize(
    ("collision", "message"),
    [
        (Cumulant(), "Cumulant does not support D3Q19, only D2Q9 and D3Q27.*CentralMoment"),
        (KBC(), "KBC does not support D3Q19, only D2Q9 and D3Q27.*CentralMoment"),
    ],
    ids=["Cumulant", "KBC"],
)
def test_a_lattice_that_is_refused(collision, message, device):
    """When the simulation is set up, before any kernel is built."""
    with pytest.raises(ValueError, match=message):
        Simulation(box((8, 8, 8), device=device), viscosity=0.1, collision=collision)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MRT(bulk_viscosity=0.0), r"MRT\(bulk_viscosity=0.0\): must be above 0"),
        (lambda: CentralMoment(higher=(1.0, 2.0, 1.0, 1.0)), "CentralMoment.*between 0 and 2"),
        (lambda: Cumulant(higher=(1.0, 1.0)), "Cumulant.*pass a tuple of four rates"),
        (lambda: Smagorinsky(BGK(), 0.0), "constant=0.0.*above 0"),
        (lambda: PowerLaw(BGK(), 0.1), "exponent=0.1.*0.2 to 3"),
        (lambda: PowerLaw(BGK(), 0.5, consistency=-1.0), "consistency=-1.0.*above 0"),
        (lambda: PowerLaw(BGK(), 0.5, min_viscosity=0.1, max_viscosity=0.1), "0 < min_viscosity < max_viscosity"),
        (lambda: Carreau(BGK(), 10.0, 1.5), "power_index=1.5.*0.2 to 1"),
        (lambda: Carreau(BGK(), 0.0, 0.5), "relaxation_time=0.0.*above 0"),
        (lambda: Carreau(BGK(), 10.0, 0.5, a=9.0), "Carreau.a=9.0.*0.2 to 4"),
    ],
)
def test_numbers_that_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

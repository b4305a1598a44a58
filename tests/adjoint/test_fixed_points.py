"""Steady gradients: mixing reaches the same fixed point in fewer iterations."""

import numpy as np
import pytest
import warp as wp
from test_methods import settling

from sparselbm.adjoint import Anderson, Deformed, Parameter, Points, PulledBack, Steady, value_and_grad
from sparselbm.adjoint.anderson import Mixing
from sparselbm.adjoint.convergence_probe import still_to_come
from sparselbm.adjoint.gradient_error import GradientError
from sparselbm.errors import AdjointError
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import Rigid
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Parabola, PressureOutlet, VelocityInlet
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force, evaluate
from sparselbm.solver import Obstacle, Simulation


def test_mixing_solves_what_it_has_room_for():
    """x = A x + b with d eigenvalues close to 1: with as many differences, d + 2 results are enough; unseen cells go on."""
    rng, cells, size = np.random.default_rng(4), 64, 3
    seen = (np.arange(cells) < 60).astype(float)[None, None]
    basis = np.linalg.qr(rng.standard_normal((size * cells, 4)))[0] * np.broadcast_to(seen, (1, size, cells)).reshape(
        -1, 1
    )
    basis = np.linalg.qr(basis)[0]
    step, b = basis @ np.diag([0.999, 0.99, -0.98, 0.95]) @ basis.T, basis @ np.ones(4)
    exact = basis @ (1.0 / (1.0 - np.array([0.999, 0.99, -0.98, 0.95])))
    mixing, x = Mixing(4, seen, size), np.zeros(size * cells)
    for _ in range(6):
        x = mixing.next(x.copy(), step @ x + b)
    assert np.abs(x - exact).max() < 1e-6 * np.abs(exact).max()
    end = rng.standard_normal(size * cells)
    unseen = np.broadcast_to(seen == 0.0, (1, size, cells)).ravel()
    assert np.array_equal(mixing.next(x, end)[unseen], end[unseen])


def settled_steps(simulation, objective, tolerance: float) -> int:
    """Steps from rest until the objective is within the tolerance, by the estimate that gradients use."""
    value, change, calm, steps = np.nan, np.inf, 0, 0
    while calm < 2:
        simulation.run(100)
        steps += 100
        before, value, last = value, evaluate(objective, simulation), change
        change = np.inf if np.isnan(before) else abs(value / before - 1.0)
        calm = calm + 1 if still_to_come(change, last) < tolerance else 0
    return steps


@pytest.mark.parametrize("kind", ["inlet and outlet", "periodic, walls"])
def test_mixing_saves_iterations(device, kind):
    """To 1e-4: the same gradient, in at most 0.75 of the plain iterations and 1.5 of the flow's own steps from rest."""
    simulation, objective, drive = settling(device, kind)
    forward = settled_steps(simulation, objective, 1e-4)
    simulation.run(6000)
    found, iterations = [], []
    for depth in (0, 5):
        looks = []
        method = Steady(tolerance=1e-4, acceleration=Anderson(depth))
        wrt = (Points("body"), Parameter("viscosity"), Parameter(drive))
        found.append(value_and_grad(objective, simulation, steps=0, wrt=wrt, method=method, on_back=looks.append).gradients)
        iterations.append(100 * len(looks))
    print(kind, "flow", forward, "plain", iterations[0], "mixed", iterations[1])
    errors = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(*found, strict=True)]
    assert max(errors) < 3e-4
    assert iterations[1] <= 0.75 * iterations[0]
    assert iterations[1] <= 1.5 * forward


@pytest.mark.parametrize("cancellation", [1.0, 30.0, 1000.0])
def test_the_error_of_a_sum_is_bounded_and_not_that_of_its_terms(cancellation):
    """Terms that converge by 0.6 per interval, and their sum, smaller by the cancellation: its own error is within 1 %."""
    rng = np.random.default_rng(1)
    exact, disturbance = rng.standard_normal(400), rng.standard_normal(400)
    exact += (exact @ exact) ** 0.5 / cancellation / 20.0 - exact.mean()
    error = GradientError(1e-2, wp.float64)
    for k in range(100):
        terms = exact + 0.6**k * disturbance
        error.add((np.atleast_1d(terms.sum()),), (terms,))
        true = abs(terms.sum() - exact.sum())
        if error.within_tolerance:
            break
    assert error.estimates[0] == pytest.approx(true, rel=0.15)
    assert 3e-3 < true / abs(exact.sum()) < 1e-2


@pytest.mark.validate
def test_every_number_is_close_to_its_limit(device):
    """Translations and the size of the body, together and each by itself, to 1e-3: within 4e-3 of those to 1e-8.

    The smallest is a hundredth of its terms. The estimate does not see slow modes inside the solid, 0.3 % of that number.
    """
    simulation, objective, drive = settling(device, "inlet and outlet")
    simulation.run(6000)
    mesh = simulation.obstacles[0].mesh
    rigid = Rigid(translate=(True, True, False), scale=True).bind(mesh)
    x = rigid.initial()
    one = [PulledBack((Points("body"),), lambda of, k=k: rigid.pullback(x, of[0])[k : k + 1]) for k in range(x.size)]
    wrt = (Deformed("body", rigid, x), *one, Parameter(drive))
    exact = value_and_grad(objective, simulation, steps=0, wrt=wrt, method=Steady(tolerance=1e-8))
    found = value_and_grad(objective, simulation, steps=0, wrt=wrt, method=Steady(tolerance=1e-3))
    assert found.errors is not None
    for gradient, limit, error in zip(found.gradients, exact.gradients, found.errors, strict=True):
        largest = np.abs(limit).max()
        assert np.abs(gradient - limit).max() < 4e-3 * largest
        assert np.all(error < 1e-3 * largest)


def test_a_sum_that_cancels_altogether_still_converges(device):
    """The translation across a symmetric flow: its number is rounding, and its terms are known."""
    mesh = TriangleMesh.cylinder(3.4, (12.3, 8.0, -6.0), (12.3, 8.0, 7.0), 32)
    faces = (VelocityInlet(X_MIN, (0.02, 0.0)), PressureOutlet(X_MAX, relaxation=0.2))
    simulation = Simulation(
        box((32, 16), device=device), boundaries=faces, viscosity=0.1, precision=wp.float64, obstacles=(Obstacle("body", mesh),),
    )
    simulation.run(3000)
    across = Rigid(translate=(False, True, False)).bind(mesh)
    wrt = [Deformed("body", across, across.initial()), Points("body")]
    found = value_and_grad(Force("body", (1.0, 0.0)), simulation, steps=0, wrt=wrt, method=Steady(tolerance=1e-3))
    (number,), points = found.gradients
    assert abs(number) < 1e-4 * np.abs(points).sum()


def test_a_body_on_links_is_warned_of(device):
    mesh = TriangleMesh.cylinder(3.4, (12.3, 8.0, -6.0), (12.3, 8.0, 7.0), 32)
    simulation = Simulation(box((32, 16), device=device), viscosity=0.1, obstacles=(Obstacle("body", mesh, Bouzidi()),))
    with pytest.warns(UserWarning, match=r"on links.*0\.2 to 7 times the trend.*SolidFraction"):
        value_and_grad(Force("body", (1.0, 0.0)), simulation, steps=1, wrt=[Points("body")])


def test_depths_below_zero():
    with pytest.raises(AdjointError, match=r"depth=-1.* at least 0"):
        Anderson(-1)


def on_the_wall(device, height, ends):
    """A part of a cylinder on the lower wall of a channel, by solid fractions."""
    body = TriangleMesh.cylinder(4.0, (16.3, height, -9.0), (16.3, height, 10.0), 48)
    options = {"boundaries": ends} if ends else {"force": (1e-5, 0.0)}
    return Simulation(
        box((40, 16), periodic=(not ends, False), device=device), viscosity=0.1, obstacles=[Obstacle("body", body)],
        precision=wp.float64, **options,
    )


LIFT = Force("body", (0.0, 1.0))


def test_lift_on_a_side_of_a_domain_that_conserves_its_mass_is_refused_with_the_remedy(device):
    """It contains the pressure of the fluid, which the solid changes: 9.8, 10.9 and 14.3e-6 after 1, 4 and 16e4 steps."""
    simulation = on_the_wall(device, 1.7, ())
    simulation.run(3000)
    remedy = r"reaches the boundary of a domain that conserves its mass.*Set the pressure by an outlet"
    with pytest.raises(AdjointError, match=remedy):
        value_and_grad(LIFT, simulation, steps=1, wrt=[Points("body")], method=Steady(iterations=800))


@pytest.mark.validate
def test_lift_on_a_side_beside_an_outlet_has_its_gradient(device):
    ends = VelocityInlet(X_MIN, (0.02, 0.0), profile=Parabola(0)), PressureOutlet(X_MAX, relaxation=0.02)
    lifts = []
    for height in (1.65, 1.75, 1.7):
        simulation = on_the_wall(device, height, ends)
        simulation.run(4000)
        lifts.append(evaluate(LIFT, simulation))
    (gradient,) = value_and_grad(LIFT, simulation, steps=1, wrt=[Points("body")], method=Steady()).gradients
    assert gradient.sum(axis=0)[1] == pytest.approx((lifts[1] - lifts[0]) / 0.1, rel=0.06)

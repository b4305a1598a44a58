"""The tests of gradients, tested: on functions whose gradients are known, and on a step with a wrong transpose."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.design import DesignProblem, ShapeVariables
from sparselbm.design.gradcheck import Check, Gradcheck, difference, dot_product, median_order, taylor, trend
from sparselbm.flows import WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import FFD
from sparselbm.grid.build import box
from sparselbm.models.collision import BGK
from sparselbm.solver import Simulation

X, ALONG = np.array([0.3, -0.7]), np.array([0.6, 0.8])
STEPS = 1e-3 * 0.5 ** np.arange(5)


def smooth(x):
    """exp(x) cos(y) and its gradient."""
    value = np.exp(x[0]) * np.cos(x[1])
    return value, np.array([value, -np.exp(x[0]) * np.sin(x[1])])


def biased(x):
    """The same function, its gradient off by 3 %."""
    value, gradient = smooth(x)
    return value, 1.03 * gradient


def value(x):
    return smooth(x)[0]


def test_the_remainder_tells_a_gradient_from_another():
    assert taylor(value, smooth, X, ALONG, STEPS).order == pytest.approx(2.0, abs=0.01)
    assert taylor(value, biased, X, ALONG, STEPS).order < 1.2


@pytest.mark.parametrize("gradient", [smooth, biased])
def test_kinks_do_not_hide_whether_a_gradient_is_right(gradient):
    """Slopes that jump by 1e-3 of the whole slope where x + h d passes some places."""
    rng = np.random.default_rng(1)
    places = 10.0 ** rng.uniform(-4.5, -3.0, 5)

    def kinked(h, place):
        return value(X + h * ALONG) + 1e-3 * max(h - place, 0.0)

    found = [
        taylor(lambda x, at=at: kinked((x - X)[0] / ALONG[0], at), gradient, X, ALONG, STEPS) for at in places
    ]
    assert max(abs(one.order - 2.0) for one in found) > 0.15
    order, kinks = median_order(found)
    assert (abs(order - 2.0) < 0.1) == (gradient is smooth)
    assert kinks > 0.0


def test_the_order_of_a_small_ellipsoid(device):
    """On this grid a line through the remainders of one direction has the order 0.8 to 2.9, and 2.4 at the median."""
    ball = TriangleMesh.sphere(1.0, subdivisions=3)
    tunnel = WindTunnel(voxel_size=0.0145, reynolds=30, upstream=1.0, downstream=1.0, side=0.7)
    setup = tunnel.around({"body": ball.with_points(ball.points * (0.1, 0.06, 0.06))}, "body", device=device)
    problem = DesignProblem(setup, ShapeVariables(FFD((3, 3, 3))))
    report = Gradcheck(steps=4, directions=0, samples=0).run(problem)
    assert report.passed, report.checks
    assert "away from 2, by kinks" in report.checks[0].remark


def test_a_difference_has_the_error_and_the_noise_of_its_step():
    one = difference(value, biased(X)[1], X, ALONG, 1e-4, uncertainty=1e-6)
    assert one.ratio == pytest.approx(1.03, rel=1e-7)
    assert one.noise == pytest.approx(1e-2)


def test_a_trend_is_that_of_a_cubic():
    """A cubic, 3 on average, with ripples of 0.03 whose gradient leaves the ripples out, as an optimiser wants it."""
    t = np.linspace(-2.0, 2.0, 41)

    def rippled(x):
        base = 3.0 + x[0] + 0.1 * x[0] ** 3
        return base + 0.03 * np.sin(40.0 * x[0]), np.array([1.0 + 0.3 * x[0] ** 2])

    found = trend(rippled, np.zeros(1), np.ones(1), t)
    assert found.ratio == pytest.approx(np.ones(39), abs=0.05)
    assert found.distance == pytest.approx(0.03 / np.sqrt(2.0), rel=0.1)
    assert found.roughness == pytest.approx(0.01 / np.sqrt(2.0), rel=0.1)
    assert np.abs(found.deviation).max() < 0.02
    with pytest.raises(ValueError, match="at least 5"):
        trend(rippled, np.zeros(1), np.ones(1), [0.0, 1.0, 2.0, 3.0])


def test_what_is_no_number_passes_no_check():
    assert Check("order", 2.0, 1.9, 2.1).passed
    assert not Check("order", 2.2, 1.9, 2.1).passed
    assert not Check("order", float("nan"), 1.9, 2.1).passed


@pytest.mark.parametrize(("precision", "amplitude", "limit"), [(wp.float32, 1e-3, 1e-4), (wp.float64, 1e-6, 1e-8)])
def test_a_step_back_is_the_transpose_of_a_step(device, monkeypatch, precision, amplitude, limit):
    """And is not, to the last digit that differences have, when it goes back from another state."""
    simulation = Simulation(
        box((24, 16), periodic=(True, True), device=device), viscosity=0.02, collision=BGK(), precision=precision
    )
    u = 0.1 * np.sin(simulation.domain.cell_indices() @ np.array([0.5, 0.7]))
    simulation.set_state(1.0, np.stack([u, 0.3 * u], axis=-1))
    before = simulation.state.populations.numpy().copy()
    assert dot_product(simulation, amplitude=amplitude).error < limit
    assert np.array_equal(simulation.state.populations.numpy(), before)
    back = BackwardSweep.back
    monkeypatch.setattr(BackwardSweep, "back", lambda self, state, step: back(self, simulation.state.zeros(), step))
    assert dot_product(simulation, amplitude=amplitude).error > 0.01

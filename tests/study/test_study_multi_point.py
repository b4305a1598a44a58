"""Several flows, one shape: exact optima of sums of quadratics, and a flow at an angle."""

import math

import numpy as np
import pytest
from channel_cases import central, channel
from study_cases import SMALL

from sparselbm.adjoint import Steady
from sparselbm.design import DesignProblem, ForceConstraint, ShapeVariables
from sparselbm.design.constraint.aggregate import Mean, MeanAndDeviation, Worst
from sparselbm.design.operating_point import Solution
from sparselbm.design.optimizer import StoppingCriteria
from sparselbm.errors import ConstraintError, WindTunnelError
from sparselbm.flows import SimulationSetup, SteadyRun
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import FFD, Turned
from sparselbm.geometry.deformation.rigid import rotation
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.observe import Force

BALL = TriangleMesh.sphere(0.5, subdivisions=1)
BOX = ShapeVariables(FFD((2, 2, 2), limit=1.0))


def test_the_gradient_over_two_speeds_is_that_of_their_flows(device):
    """Mean and deviation of a body's steady drag at 0.03 and 0.07 cells / step: against central differences.

    The outlet relaxes slowly, which limits the agreement.
    """
    setups = []
    for speed in (0.03, 0.07):
        simulation = channel(device, D2Q9, TRT())
        simulation.set_parameter("x_min.velocity_x", speed)
        setups.append(SimulationSetup(simulation, objective=Force("body", (1.0, 0.3)), obstacle="body"))
    problem = DesignProblem(
        setups, BOX, weights=[1, 3], aggregate=MeanAndDeviation(0.4), constraints=(), verify=None,
        method=Steady(tolerance=1e-6, flow_tolerance=math.inf),
        steady_run=SteadyRun(tolerance=1e-12, interval=6000, max_steps=12_000),
    )
    rng = np.random.default_rng(6)
    x, direction = 0.1 * rng.standard_normal(24), rng.standard_normal(24)
    _, gradient = problem(x)
    one, two = problem.values_at(x)
    assert two > 1.5 * one > 0.0
    expected = central(lambda t: problem.value(x + t * direction), 1e-3)
    assert gradient @ direction == pytest.approx(expected, rel=1e-2)


def quadratics(places, **options):
    """A problem whose flows are replaced by C = 1 + |x - c|^2."""
    setups = [SMALL.around({"ball": BALL}, "ball")] * len(places)
    stop = StoppingCriteria(tolerance=1e-9, iterations=200)
    problem = DesignProblem(setups, BOX, constraints=(), verify=None, stop=stop, **options)
    for point, c in zip(problem.operating_points, places, strict=True):
        point.solve = lambda x, c=c: Solution(np.array([1.0 + np.sum((x - c) ** 2)]), 2.0 * (x - c)[None], (), None)
    return problem


def centres(count):
    return 0.4 * np.random.default_rng(2).uniform(-1, 1, (count, 24))


@pytest.mark.parametrize("aggregate", [Mean(), MeanAndDeviation(0.4), Worst(0.05)])
def test_the_gradient_is_the_derivative_of_the_aggregate(aggregate):
    problem, rng = quadratics(centres(2), weights=[1, 3], aggregate=aggregate), np.random.default_rng(7)
    x, direction = 0.1 * rng.standard_normal(24), rng.standard_normal(24)
    expected = central(lambda t: problem(x + t * direction)[0], 1e-5)
    assert problem(x)[1] @ direction == pytest.approx(expected, rel=1e-7)


def test_the_weighted_mean_has_its_optimum_at_the_weighted_centre():
    places = centres(3)
    problem = quadratics(places, weights=[1, 2, 5])
    found = problem.minimize()
    assert found.x == pytest.approx(np.array([1, 2, 5]) @ places / 8, abs=1e-4)
    assert problem.values_at(found.x).shape == (3,)


def test_the_worst_of_two_has_its_optimum_halfway_whatever_their_weights():
    one, two = centres(2)
    found = quadratics([one, two], weights=[9, 1], aggregate=Worst(0.05)).minimize()
    assert found.x == pytest.approx(0.5 * (one + two), abs=2e-3)


def test_a_robust_sum_trades_the_mean_for_evenness():
    """With w = (0.9, 0.1) the mean's optimum lies near the first; deviations pull it towards the second."""
    one, two = centres(2)
    found = [
        quadratics([one, two], weights=[0.9, 0.1], aggregate=MeanAndDeviation(k)).minimize() for k in (0.0, 0.3)
    ]
    along = [(each.x - one) @ (two - one) / np.sum((two - one) ** 2) for each in found]
    # 0.3 s with s = 0.3 |v_2 - v_1| and v_2 - v_1 = L^2 (1 - 2 t): J' = 0 at t = 0.1 + 0.09.
    assert along == pytest.approx([0.1, 0.19], abs=2e-3)


def test_limits_of_every_flow_are_kept():
    setup, lift = SMALL.around({"ball": BALL}, "ball"), ForceConstraint(direction=(0, 1, 0), upper=0.0)
    problem = DesignProblem([setup, setup], BOX, constraints=(lift,))
    assert [each.name for each in problem.bound_constraints] == ["ForceConstraint", "ForceConstraint_2"]


def test_all_flows_have_to_fit_in_memory_together(monkeypatch):
    """One fits, and three do not."""
    setup = SMALL.around({"ball": BALL}, "ball")
    monkeypatch.setattr("sparselbm.estimate.memory.free_bytes", lambda device: int(1.5 * setup.gradient_memory))
    DesignProblem([setup], BOX)
    with pytest.raises(WindTunnelError, match=r"3 flows need .* GiB, above the limit"):
        DesignProblem([setup] * 3, BOX)


def test_what_does_not_fit_together_is_refused():
    setup = SMALL.around({"ball": BALL}, "ball")
    with pytest.raises(ConstraintError, match="at least 1"):
        DesignProblem([])
    with pytest.raises(ConstraintError, match="weight above 0"):
        DesignProblem([setup], weights=[0.0])
    with pytest.raises(ConstraintError, match="same variables"):
        DesignProblem([setup, setup], [BOX, ShapeVariables(FFD((2, 2, 2), limit=0.5))])
    with pytest.raises(ConstraintError, match="3 values for 2 set-ups"):
        DesignProblem([setup, setup], [BOX] * 3)


def test_a_turned_body_has_the_variables_of_the_one_that_was_read():
    inner, vector = FFD((3, 3, 3), limit=1.0), (0.1, -0.2, 0.7)
    turned, mesh = Turned(inner, vector), TriangleMesh.sphere(0.5, (1.0, 2.0, 3.0), 2)
    bound, plain, matrix = turned.bind(turned.mesh(mesh)), inner.bind(mesh), rotation(np.array(vector))
    rng = np.random.default_rng(1)
    x, dx, g = rng.normal(size=bound.size), rng.normal(size=bound.size), rng.normal(size=mesh.points.shape)
    assert bound.points(x) == pytest.approx(plain.points(x) @ matrix.T, abs=1e-9)
    assert bound.pullback(x, g) @ dx == pytest.approx(np.sum(g * (bound.points(x + dx) - bound.points(x))), rel=1e-9)

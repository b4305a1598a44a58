"""Several flows, one shape: exact optima of sums of quadratics, and a flow at an angle."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pytest
from channel_cases import central, channel

from sparselbm.adjoint import Deformed, Stored, value_and_grad
from sparselbm.design import DragStudy, ForceConstraint, MultiPointProblem
from sparselbm.design.constraint import BoundConstraint
from sparselbm.design.constraint.aggregate import MeanAndDeviation, Worst
from sparselbm.design.optimizer import SLSQP, StoppingCriteria
from sparselbm.errors import WindTunnelError
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import FFD, Turned
from sparselbm.geometry.deformation.rigid import rotation
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.observe import Force
from sparselbm.solver import Simulation

SHORT = DragStudy(optimizer=SLSQP(), stop=StoppingCriteria(tolerance=1e-9, iterations=200), cross_check=None)
BALL = TriangleMesh.sphere(0.5, subdivisions=1)


@dataclass
class Channel:
    """A problem of one flow: the force on a body in the plane after 40 steps from the same start, by the inlet's speed."""

    simulation: Simulation
    speed: float
    constraints: tuple = ()
    limits: tuple = ()

    @cached_property
    def deformation(self):
        return FFD((2, 2, 2), limit=1.0).bind(self.simulation.obstacles[0].mesh)

    def __call__(self, x):
        simulation, wrt = self.simulation, Deformed("body", self.deformation, x)
        simulation.solids.geometry[0].move(self.deformation.points(x))
        simulation.update_geometry()
        simulation.set_parameter("x_min.velocity_x", self.speed)
        simulation.set_state(1.0, (0.05, 0.01))
        value, (gradient,) = value_and_grad(Force("body", (1.0, 0.3)), simulation, steps=40, wrt=[wrt], method=Stored())
        return value, gradient


def test_the_gradient_over_two_speeds_is_that_of_their_flows(device):
    """Mean and deviation of a body's drag at 0.03 and 0.07 cells / step: against central differences in the design, fp64."""
    simulation, rng = channel(device, D2Q9, TRT()), np.random.default_rng(6)
    problems = [Channel(simulation, speed) for speed in (0.03, 0.07)]
    problem = MultiPointProblem(problems, weights=[1, 3], aggregate=MeanAndDeviation(0.4))
    x, direction = 0.1 * rng.standard_normal(24), rng.standard_normal(24)
    _, gradient = problem(x)
    one, two = problem.values
    assert two > 1.5 * one > 0.0
    expected = central(lambda t: problem(x + t * direction)[0], 1e-6)
    assert abs(expected) > 1e-4
    assert gradient @ direction == pytest.approx(expected, rel=1e-6)


@dataclass
class Quadratic:
    """Stands in for a problem of one flow: C = 1 + |x - c|^2."""

    centre: np.ndarray
    constraints: list = field(default_factory=list)
    limits: list = field(default_factory=list)
    flow: object = None
    deformation: object = field(default_factory=lambda: FFD((2, 2, 2), limit=1.0).bind(BALL))
    study: object = SHORT

    def __call__(self, x):
        return 1.0 + float(np.sum((x - self.centre) ** 2)), 2.0 * (x - self.centre)


def centres(count):
    return 0.4 * np.random.default_rng(2).uniform(-1, 1, (count, 24))


def test_the_weighted_mean_has_its_optimum_at_the_weighted_centre():
    places = centres(3)
    problem = MultiPointProblem([Quadratic(c) for c in places], weights=[1, 2, 5])
    found = problem.minimize()
    assert found.x == pytest.approx(np.array([1, 2, 5]) @ places / 8, abs=1e-4)
    assert problem.values.shape == (3,)


def test_the_worst_of_two_has_its_optimum_halfway_whatever_their_weights():
    one, two = centres(2)
    found = MultiPointProblem([Quadratic(one), Quadratic(two)], weights=[9, 1], aggregate=Worst(0.05)).minimize()
    assert found.x == pytest.approx(0.5 * (one + two), abs=2e-3)


def test_a_robust_sum_trades_the_mean_for_evenness():
    """With w = (0.9, 0.1) the mean's optimum lies near the first; deviations pull it towards the second."""
    one, two = centres(2)
    found = [
        MultiPointProblem([Quadratic(one), Quadratic(two)], weights=[0.9, 0.1], aggregate=MeanAndDeviation(k)).minimize()
        for k in (0.0, 0.3)
    ]
    along = [(each.x - one) @ (two - one) / np.sum((two - one) ** 2) for each in found]
    # 0.3 s with s = 0.3 |v_2 - v_1| and v_2 - v_1 = L^2 (1 - 2 t): J' = 0 at t = 0.1 + 0.09.
    assert along == pytest.approx([0.1, 0.19], abs=2e-3)


def test_limits_of_every_flow_are_kept():
    zero = np.zeros(1)
    limit = BoundConstraint("ForceConstraint", zero, zero, lambda x: x[:1], lambda x: np.eye(1, 24))
    members = [Quadratic(c, [limit], [ForceConstraint(direction=(0, 1, 0), upper=0.0)]) for c in centres(2)]
    assert [each.name for each in MultiPointProblem(members).constraints] == ["ForceConstraint", "ForceConstraint_2"]


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(WindTunnelError, match="at least 1"):
        MultiPointProblem([])
    with pytest.raises(WindTunnelError, match="weight above 0"):
        MultiPointProblem([Quadratic(np.zeros(24))], weights=[0.0])
    other = Quadratic(np.zeros(24), deformation=FFD((2, 2, 2), limit=0.5).bind(BALL))
    with pytest.raises(WindTunnelError, match="same deformation"):
        MultiPointProblem([Quadratic(np.zeros(24)), other])


def test_a_turned_body_has_the_variables_of_the_one_that_was_read():
    inner, vector = FFD((3, 3, 3), limit=1.0), (0.1, -0.2, 0.7)
    turned, mesh = Turned(inner, vector), TriangleMesh.sphere(0.5, (1.0, 2.0, 3.0), 2)
    bound, plain, matrix = turned.bind(turned.mesh(mesh)), inner.bind(mesh), rotation(np.array(vector))
    rng = np.random.default_rng(1)
    x, dx, g = rng.normal(size=bound.size), rng.normal(size=bound.size), rng.normal(size=mesh.points.shape)
    assert bound.points(x) == pytest.approx(plain.points(x) @ matrix.T, abs=1e-9)
    assert bound.pullback(x, g) @ dx == pytest.approx(np.sum(g * (bound.points(x + dx) - bound.points(x))), rel=1e-9)

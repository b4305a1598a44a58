"""Values by the other wall, gradients by the wall of the optimisation: the law of the defect correction on exact functions."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from study_cases import BALL, SMALL, small_problem

from sparselbm.design import CrossCheck, DefectCorrection, DesignProblem, ForceConstraint, ShapeVariables
from sparselbm.design.constraint.aggregate import Mean, Worst
from sparselbm.design.journal import Journal
from sparselbm.design.operating_point import Solution
from sparselbm.design.optimizer import SLSQP, StoppingCriteria
from sparselbm.errors import ConstraintError, SimulationError
from sparselbm.flows import SteadyRun
from sparselbm.models.wall import Bouzidi

LIFT = ForceConstraint(direction=(0.0, 1.0, 0.0), lower=1.0, tolerance=1e-3)
OFFSET = np.array([0.2, -0.1, 0.2])
"""Gradient of c' - c, the same for the objective and the constraint."""


@dataclass
class ExactPoint:
    """Operating point whose objective is quadratic, and whose constraint is linear, in three variables."""

    minimum: float = 0.0
    defect: float = 0.4
    """c' - c of objective and constraint at x = 0."""
    fails: bool = False
    solved: list = field(default_factory=list)
    observables: tuple = (None, None)
    name: str = "exact"
    journal: Journal = field(default_factory=Journal)

    variables = SimpleNamespace(
        initial=lambda: np.full(3, 0.5), bounds=lambda: (np.full(3, -2.0), np.full(3, 2.0)), states=lambda x: (x,)
    )
    flow = None

    def _own(self, x):
        return np.array([3.0 + (x - self.minimum) @ (x - self.minimum), x.sum()])

    def value(self, x):
        return float(self._own(x)[0])

    def solve(self, x):
        self.solved.append(x)
        gradients = np.stack([2.0 * (x - self.minimum), np.ones(3)])
        return Solution(self._own(x), gradients, (gradients[0],), None)

    def values_with(self, wall, x):
        if self.fails:
            raise SimulationError("unstable")
        return self._own(x) + self.defect + OFFSET @ x


def exact_problem(points, constraints=(), **options):
    verify = options.pop("verify", CrossCheck(tolerance=10.0))
    problem = small_problem(
        "cpu", constraints=constraints, verify=verify, optimizer=SLSQP(), stop=StoppingCriteria(iterations=40, tolerance=1e-10)
    )
    problem.operating_points, problem.shares = points, np.full(len(points), 1.0 / len(points))
    problem._defects = type(problem._defects)(len(points), len(constraints))
    for name, value in options.items():
        setattr(problem, name, value)
    return problem


def test_the_reported_values_are_those_of_the_other_wall():
    """One flow, no flow constraint: one round, the minimum of c, the values of c' at the start and at the end."""
    point = ExactPoint()
    problem = exact_problem([point])
    found = problem.minimize()
    assert found.x == pytest.approx(np.zeros(3), abs=1e-4)
    assert found.history[0].objective == pytest.approx(point.values_with(None, np.full(3, 0.5))[0], rel=1e-12)
    assert found.objective == pytest.approx(point.values_with(None, found.x)[0], rel=1e-12)
    assert problem.value(found.x) == pytest.approx(found.objective, rel=1e-12)
    first, best = problem.corrections
    assert (first.own, best.own) == pytest.approx((3.75, 3.0), abs=1e-6)
    assert best.settled
    assert best.difference == pytest.approx((3.0 - found.objective) / found.objective)
    # The loss against the minimum of c' is of second order: 1/2 (g' - g) H^-1 (g' - g) with H = 2.
    least = 3.4 - OFFSET @ OFFSET / 4.0
    assert found.objective - least == pytest.approx(OFFSET @ OFFSET / 4.0, abs=1e-4)


def test_a_flow_constraint_holds_for_the_other_wall():
    """c' = sum(x) - .4 + offset . x >= 1. Without rounds the constraint is that of the start's defect, and violated."""
    point = ExactPoint(defect=-0.4)
    for rounds, feasible in ((1, False), (4, True)):
        problem = exact_problem([point], (LIFT,), verify=CrossCheck(tolerance=10.0, correction=DefectCorrection(rounds=rounds)))
        found = problem.minimize()
        lift = point.values_with(None, found.x)[1]
        assert found.constraints["ForceConstraint"] == pytest.approx([lift], rel=1e-12)
        assert (found.feasible, problem.corrections[-1].settled) == (feasible, feasible)
    assert lift == pytest.approx(1.0, abs=1e-3)
    assert found.objective == pytest.approx(point.values_with(None, found.x)[0], rel=1e-12)
    numbers = [each.iteration for each in found.history]
    assert numbers == list(range(len(numbers))), "rounds are numbered through"
    counts = [each.evaluations for each in found.history]
    assert counts == sorted(counts)
    assert found.evaluations == len(point.solved)


def test_rounds_share_the_limits_of_the_optimisation():
    problem = exact_problem([ExactPoint(defect=-0.4)], (LIFT,), stop=StoppingCriteria(iterations=2))
    found = problem.minimize()
    assert found.iterations <= 2
    assert not problem.corrections[-1].settled


@pytest.mark.parametrize(("aggregate", "again"), [(Mean(), False), (Worst(), True)])
def test_a_constant_moves_the_minimum_of_some_aggregates_only(aggregate, again):
    """Two flows with minima apart, and defects that depend on x: the worst of them is another design with other defects."""
    points = [ExactPoint(minimum=-0.4, defect=0.0), ExactPoint(minimum=0.4, defect=0.6)]
    problem = exact_problem(points, aggregate=aggregate)
    found = problem.minimize()
    assert (len(problem.corrections) > 2) == again
    wanted = aggregate.value(np.array([point.values_with(None, found.x)[0] for point in points]), problem.shares)
    assert found.objective == pytest.approx(wanted, rel=1e-12)


def test_an_unstable_flow_leaves_the_values_of_the_own_wall():
    problem = exact_problem([ExactPoint(fails=True)])
    found = problem.minimize()
    assert found.objective == pytest.approx(3.0, abs=1e-6)
    assert np.isnan([each.corrected for each in problem.corrections]).all()


def test_without_correction_the_values_are_those_of_the_optimisation():
    point = ExactPoint()
    for verify in (None, CrossCheck(tolerance=10.0, correction=None)):
        problem = exact_problem([point], verify=verify)
        assert problem.reported_wall is None
        assert problem.minimize().objective == pytest.approx(3.0, abs=1e-6)
        assert problem.corrections == []


def test_corrections_without_rounds_or_tolerance_are_refused():
    for options in ({"rounds": 0}, {"tolerance": 0.0}, {"tolerance": np.nan}):
        with pytest.raises(ConstraintError, match="must be above 0"):
            DefectCorrection(**options)


@dataclass(frozen=True)
class Pitching:
    """Rotation about z by v radians, from 0.2 to 0.6, from an ellipsoid along the flow."""

    base: np.ndarray
    size = 1

    def bind(self, mesh):
        return Pitching(mesh.points)

    def initial(self):
        return np.array([0.45])

    def bounds(self):
        return np.full(1, 0.2), np.full(1, 0.6)

    def _turned(self, angle):
        x, y, z = self.base.T
        return np.stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, z], axis=1)

    def points(self, v):
        return self._turned(v[0])

    def pullback(self, v, points_gradient):
        slope = (self._turned(v[0] + np.pi / 2)) * [1.0, 1.0, 0.0]
        return np.array([np.sum(points_gradient * slope)])


@pytest.mark.validate
def test_an_inclined_ellipsoid_has_the_wanted_lift_by_the_reported_wall(device):
    """Least drag at a given lift is least incidence: the lift of the result, by a flow of its own, is the limit."""
    body = BALL.with_points(BALL.points * [1.0, 0.4, 1.0])
    setup = SMALL.around({"body": body}, "body", device=device)
    lift = ForceConstraint(direction=(0.0, -1.0, 0.0), lower=0.7, tolerance=0.005)
    problem = DesignProblem(
        setup, ShapeVariables(Pitching(body.points)), constraints=(lift,), stop=StoppingCriteria(iterations=6, tolerance=3e-3),
        steady_run=SteadyRun(tolerance=2e-4, interval=100, max_steps=3000), verify=CrossCheck(tolerance=0.5),
    )
    found = problem.minimize()
    flow = setup.build(wall=Bouzidi(), points=Pitching(body.points).points(found.x))
    drag = flow.run_to_steady(steady_run=problem.steady_run).value
    assert found.objective == pytest.approx(drag, rel=1e-3)
    assert flow.value(lift.observable(setup)) == pytest.approx(found.constraints["ForceConstraint"][0], abs=1e-3)
    assert found.feasible
    assert problem.corrections[-1].settled
    assert found.constraints["ForceConstraint"][0] == pytest.approx(0.7, abs=0.01)
    own = problem.first.solve(found.x).values
    assert own[1] < 0.55, "8 cells across, the wall of the optimisation alone has a lift that is about 30 % lower"

"""Drag and its gradient as a function of design variables; each design keeps its own."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from study_cases import BALL, SMALL, small_problem, small_setup, swelling

from sparselbm.design import DesignProblem, ShapeVariables, grid_check
from sparselbm.design.optimizer import Optimizer
from sparselbm.design.optimizer.optimizer import Outcome
from sparselbm.errors import GeometryError, WindTunnelError
from sparselbm.flows import SteadyRun
from sparselbm.geometry.deformation import FFD
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import AtObstacle, Force, Observable
from sparselbm.observe.unit import FORCE

LONG = SteadyRun(tolerance=3e-4, interval=100, max_steps=1500)


@pytest.fixture(scope="module")
def problem(device):
    return small_problem(device, steady_run=LONG)


def test_walls_on_links_are_refused(device):
    setup = replace(SMALL, wall=Bouzidi()).around({"ball": BALL}, "ball", device=device)
    with pytest.raises(WindTunnelError, match=r"wall model Bouzidi\(\) is on links.*do not move.*Use wall=SolidFraction\(\)"):
        DesignProblem(setup)


@pytest.mark.validate
def test_gradient_is_the_slope_of_the_drag(problem):
    x, step = swelling(0.0), swelling(0.1)
    _, gradient = problem(x)
    ahead, behind = problem.value(step), problem.value(-step)
    assert gradient @ (2 * step) == pytest.approx(ahead - behind, rel=0.05)
    assert ahead > 1.03 * behind


def test_a_design_has_the_same_drag_and_gradient_when_it_is_met_again(problem):
    x, other = swelling(0.0), swelling(0.5)
    drag, gradient = problem(x)
    problem(other)
    again, gradient_again = problem(x)
    assert again == pytest.approx(drag, rel=5e-3)
    assert np.linalg.norm(gradient_again - gradient) < 0.1 * np.linalg.norm(gradient)


@dataclass(frozen=True)
class Late(Optimizer):
    """Accepts its start after it has tried two other designs."""

    def check(self, constraints):
        """Takes all."""

    def run(self, problem):
        z = problem.start
        for shift in (0.0, 0.1, 0.2):
            problem.evaluate(z + shift)
        problem.accept(z)
        return Outcome(True, "done")


def test_an_iterate_carries_the_gradient_of_its_own_design(device):
    problem = small_problem(device, optimizer=Late(), constraints=(), steady_run=SteadyRun(max_steps=100))
    told, seen, solve = [], [], problem.first.solve
    problem.first.solve = lambda x: seen.append(solve(x)) or seen[-1]
    problem.minimize(told.append)
    assert len(seen) >= 3
    assert np.array_equal(told[0].gradients[0], seen[0].state_gradients[0])
    assert not np.array_equal(told[0].gradients[0], seen[2].state_gradients[0])


def test_what_cannot_be_carried_out_is_refused_before_anything_is_built(device):
    with pytest.raises(GeometryError, match="limit is 0"):
        small_problem(device, deformation=FFD(limit=0.0))
    with pytest.raises(WindTunnelError, match=r"limit .* use a voxel size"):
        replace(small_setup().options, voxel_size=2e-3).around(small_setup().bodies, "ball", device=device)


def test_a_shape_that_leaves_the_tunnel_is_refused(device):
    flow = small_setup(device).build()
    with pytest.raises(WindTunnelError, match=r"m (from|beyond) the inlet, but must end"):
        flow.move(flow.setup.mesh.points - [1.0, 0.0, 0.0])


def test_progress_counts_steps_and_the_second_grid_is_finer(device):
    told = []
    problem = small_problem(device, steady_run=SteadyRun(max_steps=600))
    problem.on_progress = lambda *report: told.append(report)
    x = swelling(0.5)
    drag, _ = problem(x)
    told_steps = problem.flow.steady.steps
    assert [each[1] for each in told if each[0] == "flow"] == list(range(100, told_steps + 1, 100))
    assert {each[0] for each in told} == {"flow", "gradient"}
    assert all(rate > 0 for *_, rate in told)
    second = grid_check(problem, x)
    assert second.voxel_size == pytest.approx(0.12 / 1.25)
    assert second.best == pytest.approx(drag, rel=0.15)
    assert second.best > 1.03 * second.first


@dataclass(frozen=True)
class Thrust(Observable):
    """-F . e of a body [N]."""

    obstacle: str

    def integrand(self, cell):
        return -cell.force_on(self.obstacle)[0]

    @property
    def where(self):
        return AtObstacle(self.obstacle)

    unit = FORCE


def test_an_observable_is_the_objective_in_place_of_the_drag(device):
    """In newtons; the gradient and the second grid are those of the same objective."""
    x, short = swelling(0.2), SteadyRun(max_steps=200)
    drag, gradient = small_problem(device, steady_run=short)(x)
    force = small_problem(device, steady_run=short, objective=Force("ball", (1.0, 0.0, 0.0)))
    value, slope = force(x)
    factor = 1.0 / force.first.setup.reference_force
    assert factor * value == pytest.approx(drag, rel=1e-6)
    assert factor * slope == pytest.approx(gradient, rel=1e-4, abs=1e-6 * np.abs(gradient).max())
    thrust = small_problem(device, steady_run=short, objective=Thrust("ball"))
    value, slope = thrust(x)
    assert factor * value == pytest.approx(-drag, rel=1e-6)
    assert factor * slope == pytest.approx(-gradient, rel=1e-4, abs=1e-6 * np.abs(gradient).max())
    checked = grid_check(thrust, x)
    assert checked.best < checked.first < 0.0
    assert checked.reduction == pytest.approx(checked.best / checked.first - 1.0)


def test_only_the_drag_is_called_drag():
    setup, shape = small_setup(), ShapeVariables(FFD((2, 2, 2), limit=0.1))
    objectives = (None, setup.force_coefficient((0.0, 1.0, 0.0)), Thrust("ball"))
    names = [DesignProblem(setup, shape, objective=each).objective_name for each in objectives]
    assert names == ["drag coefficient", "FlowCoefficient", "Thrust"]

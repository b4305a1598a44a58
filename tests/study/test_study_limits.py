"""Limits on the flow besides its drag: their gradients against the flow's own answer."""

import math

import numpy as np
import pytest
from study_cases import BALL, small_plan, small_problem, swelling

from sparselbm.adjoint import Steady
from sparselbm.design import DragProblem, DragStudy, ForceConstraint, PressureDropConstraint
from sparselbm.errors import WindTunnelError
from sparselbm.flows import SteadyRun, WindTunnel
from sparselbm.geometry.deformation import FFD
from sparselbm.observe import evaluate

LIFT, LOSS = ForceConstraint(direction=(0.0, 1.0, 0.0), upper=0.1), PressureDropConstraint(upper=5.0)
FINE = SteadyRun(tolerance=5e-4, stretch=50, limit=900)


def sheared(amount):
    """Variables that lean the ball along the flow, upper half forward, by `amount` of the limit."""
    x = np.zeros((3, 3, 3, 3))
    x[:, 0, :, 0], x[:, 2, :, 0] = -0.1 * amount, 0.1 * amount
    return x.reshape(-1)


@pytest.mark.validate
def test_gradients_of_lift_and_pressure_drop(device):
    plan = WindTunnel(voxel_size=0.12, reynolds=30, upstream=0.75, downstream=1.0, side=0.75).around({"ball": BALL}, "ball")
    study = DragStudy(deformation=FFD((3, 3, 3), limit=0.1), steady_run=FINE, constraints=(LIFT, LOSS))
    problem = DragProblem(study, plan, device)
    x, step = np.zeros(81), swelling(0.1) + sheared(0.4)
    lift, loss = problem.constraints
    at_rest = lift.value(x)
    from_rest = problem.flow.settled.steps
    _, gradient = problem(x)
    assert problem.flow.settled.steps == from_rest, "the constraint's evaluation serves the objective too"
    assert abs(float(at_rest[0])) < 0.02, "a ball has no lift, but for its mesh"
    found = []
    for sign in (1.0, -1.0):
        ahead = problem.value(sign * step)
        others = [
            limit.coefficient(problem.plan) * evaluate(limit.objective(problem.plan), problem.flow.simulation)
            for limit in (LIFT, LOSS)
        ]
        found.append([ahead, *others])
    slopes = np.array([gradient, lift.jacobian(x)[0], loss.jacobian(x)[0]]) @ (2 * step)
    change = np.subtract(*found)
    assert slopes[:2] == pytest.approx(change[:2], rel=0.06)
    # Sound goes on in the pressure when the drag is at rest: only the sign of its change is sure here.
    assert slopes[2] * change[2] > 0.0
    assert abs(change[1]) > 0.01


def test_gradient_of_the_pressure_drop(device):
    """Against a difference of flows from which the sound has gone: a thick fluid, and 1000 steps for each design."""
    plan = WindTunnel(voxel_size=0.12, reynolds=3, upstream=0.5, downstream=0.5, side=0.4).around({"ball": BALL}, "ball")
    study = DragStudy(
        deformation=FFD((3, 3, 3), limit=0.1), steady_run=SteadyRun(tolerance=1e-9, stretch=500, limit=1000), constraints=(LOSS,),
        gradient=Steady(tolerance=0.01, flow_tolerance=math.inf),
    )
    problem = DragProblem(study, plan, device)
    (loss,), x, step, losses = problem.constraints, np.zeros(81), swelling(0.15), []
    slope = float(loss.jacobian(x)[0] @ (2 * step))
    for sign in (1.0, -1.0):
        problem.value(sign * step)
        losses.append(LOSS.coefficient(plan) * evaluate(LOSS.objective(plan), problem.flow.simulation))
    change = losses[0] - losses[1]
    assert change > 0.05 * losses[0] > 0.0
    assert slope == pytest.approx(change, rel=0.02)


def test_limits_that_limit_nothing_are_refused(device):
    with pytest.raises(WindTunnelError, match="at least one"):
        small_problem(device, constraints=(ForceConstraint(direction=(0, 1, 0)),))
    with pytest.raises(WindTunnelError, match="lower at or below upper"):
        small_problem(device, constraints=(PressureDropConstraint(lower=2.0, upper=1.0),))


def test_pressure_drop_is_in_units_of_the_dynamic_pressure():
    plan = small_plan()
    assert LOSS.coefficient(plan) * plan.units.pressure_to_lattice(0.5 * plan.tunnel.density) == pytest.approx(1.0)

"""Limits on the flow besides its drag: their gradients against the flow's own answer."""

import math

import numpy as np
import pytest
from study_cases import BALL, small_problem, small_setup, swelling

from sparselbm.adjoint import Steady
from sparselbm.design import (
    DesignProblem,
    ForceConstraint,
    ObservableConstraint,
    PressureDropConstraint,
    ShapeVariables,
)
from sparselbm.errors import ConstraintError
from sparselbm.flows import SteadyRun, WindTunnel, value_factor
from sparselbm.geometry.deformation import FFD
from sparselbm.observe import Force

LIFT, LOSS = ForceConstraint(direction=(0.0, 1.0, 0.0), upper=0.1), PressureDropConstraint(upper=5.0)
FINE = SteadyRun(tolerance=5e-4, interval=50, max_steps=900)


def sheared(amount):
    """Variables that lean the ball along the flow, upper half forward, by `amount` of the limit."""
    x = np.zeros((3, 3, 3, 3))
    x[:, 0, :, 0], x[:, 2, :, 0] = -0.1 * amount, 0.1 * amount
    return x.reshape(-1)


@pytest.mark.validate
def test_gradients_of_lift_and_pressure_drop(device):
    setup = WindTunnel(voxel_size=0.12, reynolds=30, upstream=0.75, downstream=1.0, side=0.75).around(
        {"ball": BALL}, "ball", device=device
    )
    problem = DesignProblem(setup, ShapeVariables(FFD((3, 3, 3), limit=0.1)), steady_run=FINE, constraints=(LIFT, LOSS))
    x, step = np.zeros(81), swelling(0.1) + sheared(0.4)
    lift, loss = problem.bound_constraints
    at_rest = lift.value(x)
    from_rest = problem.flow.steady.steps
    _, gradient = problem(x)
    assert problem.flow.steady.steps == from_rest, "the constraint's evaluation serves the objective too"
    assert abs(float(at_rest[0])) < 0.02, "a ball has no lift, but for its mesh"
    found = []
    for sign in (1.0, -1.0):
        ahead = problem.value(sign * step)
        others = [
            problem.flow.value(limit.observable(setup)) for limit in (LIFT, LOSS)
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
    setup = WindTunnel(voxel_size=0.12, reynolds=3, upstream=0.5, downstream=0.5, side=0.4).around(
        {"ball": BALL}, "ball", device=device
    )
    problem = DesignProblem(
        setup, ShapeVariables(FFD((3, 3, 3), limit=0.1)), steady_run=SteadyRun(tolerance=1e-9, interval=500, max_steps=1000),
        constraints=(LOSS,), method=Steady(tolerance=0.01, flow_tolerance=math.inf),
    )
    (loss,), x, step, losses = problem.bound_constraints, np.zeros(81), swelling(0.15), []
    slope = float(loss.jacobian(x)[0] @ (2 * step))
    for sign in (1.0, -1.0):
        problem.value(sign * step)
        losses.append(problem.flow.value(LOSS.observable(setup)))
    change = losses[0] - losses[1]
    assert change > 0.05 * losses[0] > 0.0
    assert slope == pytest.approx(change, rel=0.02)


def test_limits_that_limit_nothing_are_refused(device):
    with pytest.raises(ConstraintError, match="at least one"):
        small_problem(device, constraints=(ForceConstraint(direction=(0, 1, 0)),))
    with pytest.raises(ConstraintError, match="lower at or below upper"):
        small_problem(device, constraints=(PressureDropConstraint(lower=2.0, upper=1.0),))


def test_pressure_drop_is_in_units_of_the_dynamic_pressure():
    setup = small_setup()
    factor = value_factor(LOSS.observable(setup), setup)
    dynamic = 0.5 * setup.options.density * setup.options.velocity**2
    assert factor * setup.units.pressure_to_lattice(dynamic) == pytest.approx(1.0)


def test_any_observable_is_a_constraint_in_its_own_unit(device):
    """The force [N] and as a coefficient: the same flow, the values apart by the reference force."""
    force = Force("ball", (0.0, 1.0, 0.0))
    problem = small_problem(
        device, steady_run=SteadyRun(max_steps=100), constraints=(LIFT, ObservableConstraint(of=force, upper=1.0, name="lift")),
    )
    x, (coefficient, lift) = sheared(0.4), problem.bound_constraints
    factor = 1.0 / problem.first.setup.reference_force
    one, other = coefficient.jacobian(x)[0], factor * lift.jacobian(x)[0]
    assert one @ other == pytest.approx(np.linalg.norm(one) * np.linalg.norm(other), rel=1e-2)
    assert coefficient.value(x) == pytest.approx(factor * lift.value(x), rel=0.1)  # Each is evaluated one step after the other.
    now = [problem.flow.value(each) for each in (LIFT.observable(problem.first.setup), force)]
    assert now[0] == pytest.approx(factor * now[1], rel=1e-6)

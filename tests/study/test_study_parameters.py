"""Parameters of the models as design variables: the gradient against differences, and what is refused."""

import math

import numpy as np
import pytest
import warp as wp
from channel_cases import central

from sparselbm.adjoint import Steady
from sparselbm.design import DesignProblem, ParameterVariables
from sparselbm.design.gradcheck import Gradcheck
from sparselbm.design.optimizer import LBFGSB, StoppingCriteria
from sparselbm.errors import BoundsError, ConstraintError, GradcheckError
from sparselbm.flows import SimulationSetup, SteadyRun
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.observe import Integral
from sparselbm.solver import Simulation
from sparselbm.trace.expression import sqrt

SPEED = 0.03
MISFIT = Integral(lambda rho, u: (sqrt(u[0] ** 2 + 1e-12) - SPEED) ** 2)


def problem_of(device, ranges, **options):
    """Flow along a channel without friction, whose velocity has to be SPEED everywhere."""
    simulation = Simulation(
        box((24, 8), periodic=(False, True), device=device), viscosity=0.1, precision=wp.float64,
        boundaries=(VelocityInlet(X_MIN, (0.05, 0.0)), PressureOutlet(X_MAX, relaxation=0.05)),
    )
    return DesignProblem(
        SimulationSetup(simulation, objective=MISFIT), ParameterVariables(ranges), constraints=(), verify=None,
        method=Steady(tolerance=1e-8, flow_tolerance=math.inf), optimizer=LBFGSB(), stop=StoppingCriteria(tolerance=1e-9),
        steady_run=SteadyRun(tolerance=1e-9, interval=400, max_steps=4000), **options,
    )


def test_the_gradient_is_the_slope_and_the_optimum_the_exact_velocity(device):
    problem = problem_of(device, {"x_min.velocity_x": (0.02, 0.05, 0.06)})
    x = np.array([0.045])
    _, gradient = problem(x)
    assert gradient[0] == pytest.approx(central(lambda h: problem.value(x + h), 1e-3), rel=1e-4)
    assert problem.minimize().x == pytest.approx([SPEED], rel=1e-3)


def test_what_parameters_cannot_be_is_refused(device):
    for ranges in ({}, {"viscosity": (0.2, 0.1, 0.3)}, {"viscosity": (0.1, 0.1, math.inf)}, {"viscosity": (0.1, 0.1, 0.1)}):
        with pytest.raises(BoundsError, match=r"pass"):
            ParameterVariables(ranges)
    ranges = {"viscosity": (0.05, 0.1, 0.2)}
    problem = problem_of(device, ranges)
    with pytest.raises(ConstraintError, match="has no default one"):
        DesignProblem(SimulationSetup(problem.flow.simulation), ParameterVariables(ranges), constraints=(), verify=None)
    with pytest.raises(ConstraintError, match=r"limits a shape, but .* the parameters viscosity: pass constraints=\(\)"):
        DesignProblem(problem.first.setup, ParameterVariables(ranges), verify=None)
    with pytest.raises(ConstraintError, match="omit the grid check"):
        problem.first.variables.on_grid(problem.first.setup)
    several = DesignProblem([problem.first.setup] * 2, ParameterVariables(ranges), constraints=(), verify=None)
    with pytest.raises(GradcheckError, match="2 operating points"):
        Gradcheck().run(several)

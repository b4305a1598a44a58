"""An interrupted optimisation takes the same path again from the journal of its evaluations, without computing them."""

import math

import numpy as np
import pytest
import warp as wp
from killed_runs import KilledError, kill_after
from study_cases import small_problem, swelling

from sparselbm.adjoint import Steady
from sparselbm.design import CrossCheck, DesignProblem, ParameterVariables, grid_check
from sparselbm.design.journal import Journal
from sparselbm.design.operating_point import OperatingPoint
from sparselbm.design.optimizer import LBFGSB, SLSQP, Adam, StoppingCriteria, TrustConstr
from sparselbm.errors import RestartError
from sparselbm.files.restarts import RestartWriter
from sparselbm.flows import SimulationSetup, SteadyRun
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.observe import Integral
from sparselbm.solver import Simulation
from sparselbm.trace.expression import sqrt

MISFIT = Integral(lambda rho, u: (sqrt(u[0] ** 2 + 1e-12) - 0.03) ** 2)


def problem_of(device, optimizer, start=0.05):
    """Flow along a channel without friction, whose velocity has to be 0.03 everywhere: see test_study_parameters."""
    simulation = Simulation(
        box((24, 8), periodic=(False, True), device=device), viscosity=0.1, precision=wp.float64,
        boundaries=(VelocityInlet(X_MIN, (0.05, 0.0)), PressureOutlet(X_MAX, relaxation=0.05)),
    )
    return DesignProblem(
        SimulationSetup(simulation, objective=MISFIT), ParameterVariables({"x_min.velocity_x": (0.02, start, 0.06)}),
        constraints=(), verify=None, method=Steady(tolerance=1e-3, flow_tolerance=math.inf), optimizer=optimizer,
        stop=StoppingCriteria(tolerance=1e-6, iterations=2),
        steady_run=SteadyRun(tolerance=1e-3, interval=10, max_steps=40),
    )


def minimised(problem, folder, monkeypatch, *, after=None, resume=False):
    """All iterations of an optimisation that ends after some restart files, and the number of flows computed."""
    solve, solved = OperatingPoint._solved, []
    with monkeypatch.context() as patch:
        written = kill_after(patch, after)
        patch.setattr(OperatingPoint, "_solved", lambda point, x: (solved.append(x), solve(point, x))[1])
        problem.restarts = RestartWriter(folder, {}, every=0.0, resume=resume)
        try:
            result = problem.minimize()
        except KilledError:
            return None, len(written), len(solved)
    history = [{k: v for k, v in each.row().items() if k != "seconds"} for each in result.history]
    assert np.diff([each.seconds for each in result.history]).min() >= 0.0
    return (history, problem.flow.simulation.steps, problem.value(result.x)), len(written), len(solved)


LATER = pytest.mark.validate


@pytest.mark.parametrize(
    ("optimizer", "share"),
    [
        pytest.param(SLSQP(), 0.7, id="SLSQP"), pytest.param(SLSQP(), 0.2, id="SLSQP, early", marks=LATER),
        pytest.param(LBFGSB(), 0.5, id="LBFGSB", marks=LATER), pytest.param(Adam(), 0.8, id="Adam", marks=LATER),
        pytest.param(TrustConstr(), 0.9, id="TrustConstr", marks=LATER),
    ],
)
def test_every_optimiser_continues_to_the_last_bit(optimizer, share, device, tmp_path, monkeypatch):
    whole, written, solved = minimised(problem_of(device, optimizer), tmp_path / "whole", monkeypatch)
    after = max(1, round(share * written))
    assert minimised(problem_of(device, optimizer), tmp_path / "killed", monkeypatch, after=after)[0] is None
    found, _, again = minimised(problem_of(device, optimizer), tmp_path / "killed", monkeypatch, resume=True)
    assert found == whole
    assert again < solved or share < 0.5


def test_another_path_is_refused(tmp_path):
    """Such as that of another version of the optimiser's package."""
    for resume, x in ((False, 1.0), (True, 2.0)):
        journal = Journal()
        journal.begin(RestartWriter(tmp_path, {}, every=0.0, resume=resume))
        if not resume:
            assert journal.result("flow 1", np.array([x]), lambda: {"value": 3.0}) == {"value": 3.0}
    assert journal.clock() == 0.0
    with pytest.raises(RestartError, match=r"evaluation 1 of the resumed optimisation is flow 1 of another design"):
        journal.result("flow 1", np.array([2.0]), dict)
    assert journal.result("flow 1", np.array([1.0]), dict) == {"value": 3.0}
    assert journal.clock() > 0.0


@pytest.mark.parametrize(
    ("verify", "share"), [(CrossCheck(), 0.7), pytest.param(CrossCheck(), 0.3, marks=LATER), pytest.param(None, 0.3, marks=LATER),
                          pytest.param(None, 0.7, marks=LATER)],
    ids=["other wall, second design", "other wall, first design", "first design", "second design"],
)
def test_the_check_on_a_finer_grid_continues_and_repeats_no_finished_flow(verify, share, device, tmp_path, monkeypatch):
    run, ran = OperatingPoint.run, []
    monkeypatch.setattr(OperatingPoint, "run", lambda *arguments: (ran.append(1), run(*arguments))[1])

    def checked(name, *, after=None, resume=False):
        problem = small_problem(device, verify=verify, steady_run=SteadyRun(interval=2, max_steps=8))
        written = kill_after(monkeypatch, after)
        problem.first.journal.begin(RestartWriter(tmp_path / name, {}, every=0.0, resume=resume))
        ran.clear()
        return grid_check(problem, swelling(0.5), refinement=1.1), len(written)

    whole, written = checked("whole")
    assert len(ran) == 2
    with pytest.raises(KilledError):
        checked("killed", after=round(share * written))
    found, again = checked("killed", resume=True)
    assert found == whole
    assert (len(ran), again < written) == (1 if share > 0.5 else 2, True)
    assert checked("killed", resume=True)[0] == whole
    assert ran == []

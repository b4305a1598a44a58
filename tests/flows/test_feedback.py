"""Models that act on a flow from outside: when they are updated, gradients that are refused, and waveforms that end early."""

from contextlib import nullcontext

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Populations, Run, run_on_tape, value_and_grad
from sparselbm.adjoint.targets import Parameter
from sparselbm.errors import AdjointError, ScheduleError
from sparselbm.flows.runs.port_state import require_until
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.observe import FlowRate
from sparselbm.solver import Simulation
from sparselbm.solver.feedback import Feedback


class Counted(Feedback):
    """Notes the steps at which it is updated."""

    interval, level = 10, 0.0

    def __init__(self, simulation):
        self.simulation, self.steps = simulation, []

    def update(self):
        self.steps.append(self.simulation.steps)

    def towards_steady(self):
        return nullcontext()

    @property
    def refusal(self):
        return "it counts: leave it out"

    @property
    def memory(self):
        return {}

    def recall(self, memory):
        pass


@pytest.fixture
def simulation(device):
    made = Simulation(
        box((12, 8), device=device), viscosity=0.1, boundaries=[VelocityInlet(X_MIN, (0.02, 0.0)), PressureOutlet(X_MAX)],
        precision=wp.float64,
    )
    made.feedback = Counted(made)
    return made


@pytest.mark.parametrize("pieces", [[45], [5, 40], [1] * 45, [10, 10, 3, 22]])
def test_it_is_updated_at_its_own_steps_however_the_run_is_divided(simulation, pieces):
    for steps in pieces:
        simulation.run(steps)
    assert simulation.feedback.steps == [10, 20, 30, 40]


@pytest.mark.parametrize("gradient", [
    lambda s: value_and_grad(FlowRate(axis=0, layer=6), s, steps=5, wrt=[Parameter("x_min.velocity_x")]),
    lambda s: Run(s, 5, inputs=[Parameter("x_min.velocity_x")], outputs=[Populations()]),
    lambda s: run_on_tape(wp.Tape(), s, wp.zeros(1, dtype=wp.float64, requires_grad=True), 5),
])
def test_a_gradient_that_would_not_follow_it_is_refused(simulation, gradient):
    with pytest.raises(AdjointError, match="it counts: leave it out"):
        gradient(simulation)


@pytest.mark.parametrize(("time", "words"), [
    (2.0, "the waveform at in ends after 1.5 s, but the run lasts until 2 s: give the waveform a period"),
    (np.inf, "ends after 1.5 s, but the run is to steady state, whose duration is not known"),
])
def test_a_waveform_that_ends_before_the_run_is_refused(time, words):
    require_until({"in": 1.5}, 1.5)
    with pytest.raises(ScheduleError, match=words):
        require_until({"in": 1.5}, time)

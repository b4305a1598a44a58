"""Regimes of real flows past a cylinder, by the wind tunnel's own start."""

import math

import numpy as np
import pytest

from sparselbm.adjoint import Periodic, Steady
from sparselbm.design import DesignProblem, ParameterVariables
from sparselbm.design.gradcheck import Gradcheck
from sparselbm.errors import SimulationError
from sparselbm.flows import PeriodicFlow, SimulationSetup, SteadyFlow, SteadyRun
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, FreeSlip, PressureOutlet, VelocityInlet
from sparselbm.observe import Force, Signal
from sparselbm.observe.evaluation import Sums
from sparselbm.solver import Obstacle, Simulation

DRAG, LIFT = Force("body", (1.0, 0.0)), Force("body", (0.0, 1.0))


def cylinder(device, *, reynolds, shape, place, diameter, speed, disturbed=True):
    """Flow past a cylinder between slip sides, from a uniform flow with a vortex of 1 % in the wake."""
    simulation = Simulation(
        box(shape, device=device), viscosity=speed * diameter / reynolds,
        boundaries=[
            VelocityInlet(X_MIN, (speed, 0.0)), FreeSlip(Y_MIN), FreeSlip(Y_MAX), PressureOutlet(X_MAX, relaxation=0.02),
        ],
        obstacles=[Obstacle("body", TriangleMesh.cylinder(diameter / 2, (*place, -30.0), (*place, 31.0), 128))],
    )
    x, y = np.moveaxis(simulation.domain.cell_centres() - np.array(place), -1, 0) / diameter
    vortex = 0.08 * speed * np.exp(-4.0 * ((x - 1.5) ** 2 + y**2)) * disturbed  # Curl of 0.01 u D exp(-r^2 / (D / 2)^2).
    simulation.set_state(1.0, np.stack([speed - vortex * y, vortex * (x - 1.5)], axis=-1))
    return simulation


SMALL = {"shape": (112, 48), "place": (28.0, 23.7), "diameter": 8.0, "speed": 0.1}


def test_a_wake_that_sheds_is_periodic_and_a_slow_one_is_steady(device):
    """Blockage 1 / 6, 8 cells across: only the regime counts, and mean, amplitude and frequency against a long record."""
    simulation, unit = cylinder(device, reynolds=80.0, **SMALL), 0.5 * 0.1**2 * 8.0
    found = SteadyRun.of_crossing(1120).run(simulation, DRAG)
    assert isinstance(found.regime, PeriodicFlow)
    assert not found.converged
    sums, values = Sums(simulation, [DRAG, LIFT]), []
    for _ in range(400):
        simulation.run(8)
        sums.add(simulation.state.populations)
        values.append(sums.take())
    drag, lift = (Signal(8 * np.arange(400), column) for column in np.array(values).T)
    assert found.value == pytest.approx(drag.mean, rel=2e-3)
    assert found.regime.oscillations[1].name == "force_y on body"
    assert found.regime.oscillations[1].amplitude.value == pytest.approx(lift.amplitude, rel=0.03)
    assert found.regime.frequency.value == pytest.approx(lift.frequency, rel=5e-3)
    assert 0.15 < lift.amplitude / unit < 0.4
    steady = SteadyRun.of_crossing(1120).run(cylinder(device, reynolds=20.0, **SMALL), DRAG)
    assert steady.regime == SteadyFlow()
    assert steady.steps < 4 * 1120


def test_the_field_is_steady_later_than_the_force(device):
    """At a time when the drag is steady, the velocity near the outlet still changes; its place is reported."""
    simulation = cylinder(device, reynolds=20.0, **SMALL)
    found = SteadyRun(interval=150, max_steps=12_000, tolerance=2e-3).run(simulation, DRAG)
    assert found.converged
    assert 2e-3 < found.field.share < 0.1
    assert found.field.at[0] > 56.0


def test_a_run_of_a_few_steps_that_blew_up_is_an_error(device):
    simulation = cylinder(device, reynolds=20.0, **SMALL)
    simulation.set_state(1.0, (0.45, 0.0))
    with pytest.raises(SimulationError, match="blown up"):
        SteadyRun(interval=2, max_steps=3).run(simulation, DRAG)


@pytest.mark.validate
@pytest.mark.parametrize("interval", [400, 450, 850])
def test_no_interval_hides_the_period_of_a_cylinder_at_reynolds_number_100(device, interval):
    """Half a period, or a whole one, between the ends of intervals: once called steady in every phase.

    In an infinite domain C_d is 1.34, the amplitude of C_l .33 and St .165 (references.md, free cylinder); this box of 10.7
    diameters has C_d 1.60, C_l .367 and St .177.
    """
    simulation = cylinder(
        device, reynolds=100.0, shape=(240, 128), place=(64.0, 63.2), diameter=12.0, speed=0.08
    )
    found, unit = SteadyRun(interval=interval, max_steps=30_000).run(simulation, DRAG), 0.5 * 0.08**2 * 12.0
    assert isinstance(found.regime, PeriodicFlow)
    print(f"interval {interval}: {found.steps} steps, {found.regime.scaled((1.0 / unit,) * 2, 0.08 / 12.0)}")
    assert found.value / unit == pytest.approx(1.602, rel=3e-3)
    assert found.regime.oscillations[1].amplitude.value / unit == pytest.approx(0.367, rel=0.015)
    assert found.regime.period == pytest.approx(847.0, rel=3e-3)
    assert found.steps < 16_000


@pytest.mark.validate
@pytest.mark.parametrize(("reynolds", "drag"), [(20.0, 2.4034), (40.0, 1.8129)])
def test_wakes_below_the_critical_reynolds_number_stay_steady(device, reynolds, drag):
    """The same cylinder; the drag after 16,000 steps."""
    simulation = cylinder(
        device, reynolds=reynolds, shape=(240, 128), place=(64.0, 63.2), diameter=12.0, speed=0.08
    )
    found = SteadyRun.of_crossing(3000).run(simulation, DRAG)
    assert found.converged
    assert found.value / (0.5 * 0.08**2 * 12.0) == pytest.approx(drag, rel=1e-3)


@pytest.mark.validate
def test_gradients_of_a_wake_that_sheds_are_refused_but_for_its_means(device):
    """The gradient of the mean drag with respect to the viscosity, against the change of the mean."""
    def problem(method):
        simulation = cylinder(device, reynolds=80.0, **SMALL)
        return DesignProblem(
            SimulationSetup(simulation, objective=DRAG, obstacle="body"), ParameterVariables({"viscosity": (8e-3, 0.01, 0.012)}),
            constraints=(), verify=None, method=method, steady_run=SteadyRun.of_crossing(1120),
        )

    steady = problem(Steady(flow_tolerance=math.inf))
    for evaluate in (steady, steady.value, lambda x: Gradcheck(steps=0).run(steady)):
        with pytest.raises(SimulationError, match=r"the flow is periodic with a period of .*method=Periodic\(period=STEPS\)"):
            evaluate(np.array([0.01]))
    periodic = problem(Periodic(period=429.75, periods=4, spin_up=2, windows=1))
    _, gradient = periodic(np.array([0.01]))
    slope = (periodic.value(np.array([0.0102])) - periodic.value(np.array([0.0098]))) / 4e-4
    print(f"d C_d / d nu: {gradient[0]:.4g}, change of the mean {slope:.4g}")
    assert gradient[0] == pytest.approx(slope, rel=0.15)

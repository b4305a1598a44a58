"""Flows that repeat themselves: windows of whole periods; and gradients that are not to be trusted."""

import functools
import re
from dataclasses import dataclass

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import (
    Checkpointed,
    GradientGuard,
    InitialPopulations,
    Parameter,
    Periodic,
    Sharp,
    Smooth,
    Window,
    value_and_grad,
)
from sparselbm.adjoint.periodic import found_period
from sparselbm.errors import AdjointError
from sparselbm.grid.build import box
from sparselbm.models import Harmonic
from sparselbm.observe import KineticEnergy, Observable, Signal
from sparselbm.observe.evaluation import Evaluation
from sparselbm.solver import Simulation

PERIOD = 120
NAMES = ("viscosity", "force_x")


def pulsating(device) -> Simulation:
    """A channel that a force with a mean part and a harmonic one drives; it settles in H^2 / (pi^2 nu) = 65 steps."""
    return Simulation(
        box((8, 8), periodic=(True, False), device=device), viscosity=0.1, force=(1e-5, 0.0), precision=wp.float64,
        schedules={"force_x": Harmonic(PERIOD)},
    )


def mean_energy(simulation: Simulation) -> float:
    """Over one period, after ten."""
    simulation.set_state()
    simulation.run(10 * PERIOD)
    evaluation = Evaluation(simulation, KineticEnergy())
    for _ in range(PERIOD):
        simulation.run(1)
        evaluation.add(simulation.state.populations, 1.0 / PERIOD)
    return evaluation.take()


@functools.cache
def expected(device) -> tuple[float, ...]:
    """That mean, and its central differences."""
    simulation = pulsating(device)
    result = [mean_energy(simulation)]
    for name in NAMES:
        number, means = simulation.parameter(name), []
        for factor in (0.99, 1.01):
            simulation.set_parameter(name, factor * number)
            means.append(mean_energy(simulation))
        simulation.set_parameter(name, number)
        result.append((means[1] - means[0]) / (0.02 * number))
    return tuple(result)


@pytest.mark.parametrize(("period", "ends"), [(None, Smooth()), (PERIOD, Sharp())], ids=["found", "given"])
def test_the_gradient_of_a_mean_over_periods(device, period, ends):
    """Against central differences of the mean over a whole period."""
    method = Periodic(period=period, periods=2, spin_up=6, windows=2, ends=ends)
    wrt = [Parameter(name) for name in NAMES]
    value, gradients = value_and_grad(KineticEnergy(), pulsating(device), steps=10 * PERIOD, wrt=wrt, method=method)
    errors = [found / known - 1.0 for found, known in zip((value, *map(float, gradients)), expected(device), strict=True)]
    print("relative errors", errors)
    assert np.abs(errors).max() < 1e-2


def test_windows_that_disagree_are_refused(device):
    """At the start-up each window has another gradient; agreement that nobody asks for is not looked at."""
    wrt = [Parameter("force_x")]
    method = Periodic(period=20.0, periods=1, spin_up=0)
    with pytest.raises(AdjointError, match=r"2 windows differ by \d\.\d+ of their mean, limit 0\.2: .* longer spin_up"):
        value_and_grad(KineticEnergy(), pulsating(device), steps=10, wrt=wrt, method=method)
    _, (gradient,) = value_and_grad(KineticEnergy(), pulsating(device), steps=10, wrt=wrt, method=method, guard=None)
    assert gradient > 0.0


def test_weights_add_up_to_one():
    for window in (Window(1), Window(7), Window(50, Smooth()), Window(50, Smooth(), share=0.5)):
        weights = [window.weight(t, 100) for t in range(101)]
        assert sum(weights) == pytest.approx(window.share, rel=1e-14)
        assert all(weight == 0.0 for weight in weights[: 101 - window.steps])


def test_periods_in_signals():
    steps = np.arange(0, 2000, 5)
    found = found_period(Signal(steps, 3.0 + 0.1 * np.sin(2 * np.pi * steps / 173.0)))
    assert found == pytest.approx(173.0, rel=2e-3)
    with pytest.raises(AdjointError, match=r"hardly changes .* use Steady"):
        found_period(Signal(steps, 3.0 + 1e-7 * np.sin(2 * np.pi * steps / 173.0)))
    with pytest.raises(AdjointError, match=re.escape("at least 4 are needed: run") + r" \d+ steps or more"):
        found_period(Signal(steps, np.sin(2 * np.pi * steps / 700.0)))


def test_what_periodic_refuses(device):
    for options, says in (({"periods": 0}, "periods=0"), ({"windows": 0}, "windows=0"), ({"period": 1.0}, "2 steps")):
        with pytest.raises(AdjointError, match=says):
            Periodic(**options)
    with pytest.raises(AdjointError, match="InitialPopulations with Periodic"):
        value_and_grad(KineticEnergy(), pulsating(device), steps=10, wrt=[InitialPopulations()], method=Periodic())


@dataclass(frozen=True)
class AcrossPatch(Observable):
    """Momentum across the flow, in a corner: no symmetry keeps it from what grows."""

    def integrand(self, cell):
        return cell.mask(cell.centre(0) < 8.0) * cell.mask(cell.centre(1) < 8.0) * cell.velocity[1]


def shear_layers(device, viscosity: float) -> Simulation:
    """Two layers between +-0.1 cells / step, 2 cells thick: rolls grow in them, unless viscosity keeps them down."""
    simulation = Simulation(box((48, 48), periodic=(True, True), device=device), viscosity=viscosity)
    y = simulation.domain.cell_centres()[..., 1]
    velocity = np.zeros((*simulation.domain.fluid.shape, 2))
    velocity[..., 0] = 0.1 * (np.tanh((y - 12.0) / 2.0) - np.tanh((y - 36.0) / 2.0) - 1.0)
    simulation.set_state(1.0, velocity)
    return simulation


def test_a_flow_in_which_disturbances_grow_is_refused(device):
    """Measured: lambda grows 1.7e5-fold over 2000 steps at nu = 0.001, 8-fold at 0.02, not at 0.1."""

    def gradient(viscosity: float, guard: GradientGuard | None = GradientGuard()) -> float:
        wrt, method = [Parameter("viscosity")], Checkpointed("8 MiB")
        simulation = shear_layers(device, viscosity)
        return float(value_and_grad(AcrossPatch(), simulation, steps=2000, wrt=wrt, method=method, guard=guard).gradients[0])

    with pytest.raises(
        AdjointError, match=r"adjoint grew 1\.\de\+04-fold .* limit 1\.0e\+04: .* double every \d+ steps"
    ):
        gradient(0.001)
    assert np.isfinite(gradient(0.02))
    with pytest.raises(AdjointError, match=r"limit 5\.0e\+00"):
        gradient(0.02, GradientGuard(growth=5.0))


def test_trust_that_is_none():
    with pytest.raises(AdjointError, match=r"growth=1\.0"):
        GradientGuard(growth=1.0)

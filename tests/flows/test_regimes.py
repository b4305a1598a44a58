"""Regimes of known series, for any ratio of their period to the interval."""

import numpy as np
import pytest

import sparselbm.flows.runs.steady_run as steady_run
from sparselbm.errors import SimulationError
from sparselbm.flows import DriftingFlow, FieldChange, FieldSettled, PeriodicFlow, SteadyFlow, SteadyRun
from sparselbm.flows.runs.measurement import Measurement

INTERVAL = 400
RUN = SteadyRun(interval=INTERVAL, max_steps=40 * INTERVAL, max_periodic_steps=60 * INTERVAL)


class Clock:
    """Stands for a simulation: it only counts steps."""

    def __init__(self):
        self.steps = 0

    def run(self, steps):
        self.steps += steps

    def check_stability(self):
        pass


class Series(Measurement):
    """Drag and lift as functions of the step."""

    names = ("drag", "lift")

    def __init__(self, clock, drag, lift=lambda t: 0.0):
        self.clock, self.functions, self.taken = clock, (drag, lift), []

    def take(self):
        self.taken.append(self.clock.steps)
        return np.array([each(self.clock.steps) for each in self.functions])

    def scales(self, values):
        return np.full(2, np.abs(values).max())


@pytest.fixture
def result_of(monkeypatch):
    """Returns a function: (drag, lift, run) -> result and the steps of the samples; the field changes by `share`."""

    def found(drag, lift=lambda t: 0.0, run=RUN, share=lambda step: 0.0):
        class Field:
            def __init__(self, simulation):
                self.simulation = simulation

            def add(self):
                pass

            def change(self, since):
                return FieldChange(share(self.simulation.steps), (0.0, 0.0))

        monkeypatch.setattr(steady_run, "FieldHistory", Field)
        clock = Clock()
        series = Series(clock, drag, lift)
        return run.watch(clock, series), series.taken

    return found


def sine(period, amplitude, phase):
    return lambda t: amplitude * np.sin(2.0 * np.pi * t / period + phase)


RATIOS = (0.5, 0.61, 1.0, 1.06, 1.5, 2.0, 2.12, 3.0, 4.7)


@pytest.mark.parametrize("phase", [0.0, 0.9, np.pi / 2.0])
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("size", [3e-3, 0.3])
def test_a_period_that_divides_the_interval_is_not_hidden(result_of, ratio, phase, size):
    """Values at the ends of intervals would be the same for ratios of 1 / 2 and 1, and for others in some phases."""
    period = ratio * INTERVAL
    found, _ = result_of(lambda t: 1.4 + 0.1 * sine(period / 2.0, size, 0.0)(t), sine(period, size, phase))
    assert isinstance(found.regime, PeriodicFlow)
    assert not found.converged
    lift = found.regime.oscillations[1]
    assert found.regime.period == pytest.approx(period, rel=3e-3)
    assert found.value == found.regime.mean.value == pytest.approx(1.4, abs=0.01 * size)
    assert lift.amplitude.value == pytest.approx(size, rel=0.01 if ratio >= 1.0 else 0.05)
    assert lift.mean.value == pytest.approx(0.0, abs=0.02 * size)
    assert abs(found.regime.frequency.value - 1.0 / period) < 3.0 * found.regime.frequency.error + 1e-3 / period


@pytest.mark.parametrize("ratio", [0.05, 0.11, 0.25, 1.0 / 3.0])
def test_a_period_of_few_samples_is_never_called_steady(result_of, ratio):
    found, _ = result_of(lambda t: 1.4, sine(ratio * INTERVAL, 0.01, 0.4))
    assert not isinstance(found.regime, SteadyFlow)


def test_constant_values_are_steady_after_four_intervals(result_of):
    found, taken = result_of(lambda t: 1.4)
    assert (found.regime, found.steps, found.value) == (SteadyFlow(), 4 * INTERVAL, 1.4)
    assert found.change < 1e-15
    gaps = np.diff(taken)
    assert gaps.max() < INTERVAL / 10
    assert gaps.min() < 0.8 * gaps.max()  # No period divides all gaps.


@pytest.mark.parametrize("decay", [300.0, 3000.0])
def test_decaying_values_are_steady_within_the_tolerance(result_of, decay):
    found, _ = result_of(lambda t: 1.4 * (1.0 + np.exp(-t / decay)), lambda t: 0.2 * np.exp(-t / decay) * np.sin(t / 90.0))
    assert found.converged
    assert found.value == pytest.approx(1.4, rel=1e-3 * (1.0 + decay / INTERVAL))


@pytest.mark.parametrize(("drag", "oscillates"), [
    (lambda t: 1.0 + 1e-5 * t, False), (lambda t: np.exp(t / 4000.0), False),
    (lambda t: 1.4 + 0.01 * np.exp(t / 5000.0) * np.sin(t / 100.0), True),
    (lambda t: 1.4 + 0.02 * np.random.default_rng(t).standard_normal(), True),
], ids=["linear", "exponential", "growing oscillation", "noise"])
def test_drift_growth_and_noise_are_neither_steady_nor_periodic(result_of, drag, oscillates):
    found, _ = result_of(drag)
    assert found.regime == DriftingFlow(oscillates)
    assert found.steps == (60 if oscillates else 40) * INTERVAL  # An oscillation gets more steps.


def test_noise_below_the_tolerance_is_steady_and_a_lift_counts_relative_to_the_force(result_of):
    def noise(t):
        return 2e-4 * np.random.default_rng(t).standard_normal()

    assert result_of(lambda t: 1.4 + noise(t), noise)[0].converged


def test_the_oscillation_of_a_growing_wake_is_periodic_once_it_is_saturated(result_of):
    def lift(t):
        return 0.3 / np.sqrt(1.0 + 900.0 * np.exp(-t / 500.0)) * np.sin(2.0 * np.pi * t / 847.5)

    found, _ = result_of(lambda t: 1.4 + lift(t) ** 2, lift)
    assert found.regime.oscillations[1].amplitude.value == pytest.approx(0.3, rel=0.02)
    assert found.value == pytest.approx(1.4 + 0.3**2 / 2.0, rel=2e-3)


def test_drawn_fields_can_wait_for_the_field(result_of):
    def share(step):
        return np.exp(-step / 1000.0)

    assert result_of(lambda t: 1.4, share=share)[0].steps == 4 * INTERVAL
    run = SteadyRun(interval=INTERVAL, max_steps=40 * INTERVAL, until=FieldSettled())
    settled, _ = result_of(lambda t: 1.4, run=run, share=share)
    assert settled.steps == 18 * INTERVAL  # exp(-7.2) < 1e-3.
    finer = SteadyRun(interval=INTERVAL, max_steps=10 * INTERVAL, until=FieldSettled(tolerance=1e-6))
    assert result_of(lambda t: 1.4, run=finer, share=share)[0].regime == DriftingFlow(False)


@pytest.mark.parametrize(("options", "message"), [
    ({"interval": 1}, "interval is 1, but a change needs 2 samples per interval: use 2 or more"),
    ({"samples": 1}, "samples is 1, but a change needs 2 samples"),
    ({"interval": 400, "max_steps": 399}, "max_steps is 399, below the interval of 400 steps: use at least 1600"),
    ({"max_steps": 1000, "max_periodic_steps": 999}, "max_periodic_steps is 999, below max_steps, 1000: use at least that"),
])
def test_intervals_and_limits_that_do_not_fit_are_refused(options, message):
    with pytest.raises(SimulationError, match=message):
        SteadyRun(**options)
    with pytest.raises(SimulationError, match="it must be above 0, or None"):
        FieldSettled(tolerance=0.0)

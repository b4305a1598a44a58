"""Statistics of recorded values, against series whose statistics are known."""

import numpy as np
import pytest

from sparselbm.flows import WindowStatistics
from sparselbm.observe import Signal
from sparselbm.observe.monitor import Series

STEP = 0.01
"""Time step [s]."""


def series(every, **columns):
    steps = np.arange(0, every * len(next(iter(columns.values()))), every)
    values = np.stack([steps * STEP, *columns.values()], axis=1)
    return Series(("time [s]", *columns), steps, values)


def wave(count, period, mean=0.0, amplitude=1.0):
    return mean + amplitude * np.sin(2.0 * np.pi * np.arange(count) / period)


def test_a_periodic_value_has_its_mean_over_whole_periods():
    """With 9.4 periods the mean over the window is off by 1 % of the amplitude, that over whole periods is not."""
    found = WindowStatistics.of(series(5, drag=wave(940, 50.0, 1.4, 0.01), lift=wave(940, 100.0)), STEP)
    assert found.leading == "lift"
    assert found.periods == 8
    assert found.frequency.value == pytest.approx(1.0 / (100 * 5 * STEP), rel=1e-4)
    assert found["lift"].mean.value == pytest.approx(0.0, abs=1e-4)
    assert abs(wave(940, 100.0).mean()) > 3e-3
    assert found["drag"].mean.value == pytest.approx(1.4, abs=1e-6)
    assert found["lift"].rms == pytest.approx(np.sqrt(0.5), rel=0.01)
    assert (found["lift"].lowest, found["lift"].highest) == pytest.approx((-1.0, 1.0))


def test_moments_that_vanish_do_not_hide_a_period():
    rounding = 1e-9 * np.random.default_rng(0).standard_normal(900)
    found = WindowStatistics.of(series(5, **{"force y [N]": wave(900, 100.0), "moment x [N m]": rounding}), STEP)
    assert (found.leading, found.periods) == ("force y [N]", 7)


def test_the_error_of_a_mean_of_noise_is_that_of_its_correlation():
    """x_n = a x_{n-1} + e: the variance of the mean of n samples is sigma^2 (1 + a) / (1 - a) / n."""
    a, count, means, errors = 0.9, 20_000, [], []
    for seed in range(40):
        noise = np.random.default_rng(seed).standard_normal(count)
        x = np.zeros(count)
        for k in range(1, count):
            x[k] = a * x[k - 1] + noise[k]
        signal = Signal(np.arange(count), x)
        means.append(signal.mean)
        errors.append(signal.error_of_mean)
    exact = np.sqrt((1.0 + a) / (1.0 - a) / (1.0 - a**2) / count)
    assert np.mean(errors) == pytest.approx(exact, rel=0.05)
    assert np.std(means) == pytest.approx(exact, rel=0.25)


def test_steady_values_have_no_frequency():
    found = WindowStatistics.of(series(5, drag=np.full(50, 1.3)), STEP)
    assert found.frequency is None
    assert found["drag"].mean.value == 1.3
    assert found["drag"].mean.error == pytest.approx(0.0, abs=1e-12)


def test_a_window_of_two_periods_has_no_frequency_and_one_of_few_samples_no_statistics():
    assert WindowStatistics.of(series(5, lift=wave(200, 100.0)), STEP).frequency is None
    assert WindowStatistics.of(series(5, lift=wave(15, 10.0)), STEP) is None


def test_rounding_errors_have_no_frequency():
    """Coefficients that all vanish but for rounding, with a wave among them."""
    waves = {f"{name} coefficient": wave(900, 100.0, amplitude=size) for name, size in (("drag", 2e-7), ("lift", 3e-7))}
    assert WindowStatistics.of(series(5, **waves), STEP).frequency is None
    seen = {name: 100.0 * values for name, values in waves.items()}
    assert WindowStatistics.of(series(5, **seen), STEP).frequency is not None


def test_a_wave_of_fewer_than_four_samples_has_no_frequency():
    """It may be a faster one than the samples show."""
    fast, resolved = (WindowStatistics.of(series(5, lift=wave(900, period)), STEP) for period in (2.8, 20.3))
    assert fast.frequency is None
    assert resolved.frequency.value == pytest.approx(1.0 / (20.3 * 5 * STEP), rel=0.02)

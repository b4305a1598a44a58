"""Statistics of known series: means, amplitudes, frequencies."""

import numpy as np
import pytest

from sparselbm.observe import Signal

STEPS = 20 * np.arange(600)


def wave(frequency, noise=0.0, steps=STEPS):
    rng = np.random.default_rng(4)
    return Signal(steps, 0.3 + 1.5 * np.sin(2 * np.pi * frequency * steps + 0.7) + noise * rng.standard_normal(len(steps)))


@pytest.mark.parametrize("frequency", [5e-4, 1.234e-3, 7.77e-3, 2.1e-2])
def test_frequency_of_a_noisy_sine(frequency):
    """Within 0.5 %, with noise of half the amplitude (standard deviation)."""
    assert wave(frequency, noise=0.75).frequency == pytest.approx(frequency, rel=5e-3)


@pytest.mark.parametrize("periods", [4.0, 4.37, 5.5, 9.9])
def test_few_periods_of_a_clean_sine(periods):
    """Far finer than the distance of the spectrum's own frequencies, which is a tenth to a quarter of it."""
    frequency = periods / (20 * 600)
    assert wave(frequency).frequency == pytest.approx(frequency, rel=5e-3)
    assert wave(frequency).frequency_by_crossings == pytest.approx(frequency, rel=2e-4)


def test_the_stronger_of_two_sines_is_found_and_both_amplitudes():
    t = STEPS
    both = Signal(t, 0.2 * np.sin(2 * np.pi * 2e-3 * t) + 0.9 * np.sin(2 * np.pi * 7e-3 * t))
    assert both.frequency == pytest.approx(7e-3, rel=1e-3)
    spectrum = both.spectrum
    for frequency, amplitude in ((2e-3, 0.2), (7e-3, 0.9)):
        near = np.abs(spectrum.frequencies - frequency) < 3e-4
        assert spectrum.amplitudes[near].max() == pytest.approx(amplitude, rel=5e-3)
    assert both.strouhal(length=20.0, speed=0.05) == pytest.approx(7e-3 * 20.0 / 0.05, rel=1e-3)


def test_instants_rounded_to_whole_steps():
    """Every 12.6 steps, rounded: the frequency is that of the true instants."""
    steps = np.floor(12.6 * np.arange(500) + 0.5).astype(np.int64)
    assert wave(3.3e-3, steps=steps).frequency == pytest.approx(3.3e-3, rel=1e-3)


def test_mean_rms_and_amplitude_over_whole_periods():
    signal = wave(5e-4 / 3)  # 2 periods
    assert signal.mean == pytest.approx(0.3, abs=1e-12)
    assert signal.rms == pytest.approx(1.5 / np.sqrt(2.0), rel=1e-12)
    assert signal.peak_to_peak == pytest.approx(3.0, rel=1e-4)
    assert signal.amplitude == pytest.approx(1.5, rel=1e-4)


def test_running_means():
    signal = Signal(np.arange(6), np.array([1.0, 3.0, 2.0, 6.0, -2.0, 8.0]))
    assert signal.running_mean().tolist() == pytest.approx([1, 2, 2, 3, 2, 3])
    assert signal.running_mean(2).tolist() == pytest.approx([1, 2, 2.5, 4, 2, 3])
    assert signal.since(3).values.tolist() == [6.0, -2.0, 8.0]


@pytest.mark.parametrize(
    ("steps", "values", "message"),
    [
        (np.arange(5), np.ones(5), "5 samples: a frequency needs at least 8"),
        (np.arange(20), np.ones(20), "constant: it has no frequency"),
        (np.arange(20) ** 2, np.ones(20), "1 to 37 steps apart: a frequency needs equal"),
        (np.arange(20), np.full(20, np.nan), r"not finite everywhere: call since\(\) with a later step"),
    ],
)
def test_signals_without_a_frequency(steps, values, message):
    with pytest.raises(ValueError, match=message):
        Signal(steps, values).frequency  # noqa: B018

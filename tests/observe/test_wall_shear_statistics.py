"""Wall shear stress over time: oscillatory shear index against exact values, and percentiles of an area."""

import numpy as np
import pytest
from scipy.integrate import quad

from sparselbm.observe import WallShearStatistics, area_percentiles


@pytest.mark.parametrize("amplitude", [0.0, 0.5, 1.5, 4.0, np.inf])
def test_the_oscillatory_index_of_a_pulsating_stress_is_exact(amplitude):
    """tau = (1 + a cos wt) e: OSI = (1 - 1 / mean |1 + a cos|) / 2, which is 0 up to a = 1 and tends to 1/2."""
    offset, swing = (0.0, 1.0) if np.isinf(amplitude) else (1.0, amplitude)
    phases, along = 2.0 * np.pi * np.arange(2000) / 2000, np.array([0.6, 0.0, 0.8])
    statistics = WallShearStatistics(1)
    for phase in phases:
        statistics.add(3.0 * (offset + swing * np.cos(phase)) * along[None])
    turns = np.arccos(-min(offset / max(swing, 1e-9), 1.0))
    expected = quad(lambda x: abs(offset + swing * np.cos(x)), 0.0, np.pi, points=[turns])[0] / np.pi
    assert statistics.time_average == pytest.approx([3.0 * expected], rel=1e-5)
    assert statistics.oscillatory_index == pytest.approx([0.5 * (1.0 - offset / expected)], abs=1e-5)


def test_a_stress_that_turns_around_has_no_mean_direction_and_one_at_rest_no_index():
    statistics = WallShearStatistics(2)
    with pytest.raises(ValueError, match="no samples"):
        _ = statistics.oscillatory_index
    for phase in 2.0 * np.pi * np.arange(12) / 12:
        statistics.add(np.array([[np.cos(phase), np.sin(phase), 0.0], [0.0, 0.0, 0.0]]))
    assert statistics.oscillatory_index == pytest.approx([0.5, 0.0])
    assert statistics.time_average == pytest.approx([1.0, 0.0])


def test_percentiles_are_those_of_the_area():
    """Points that stand for nine tenths of the area have nine tenths of the percentages."""
    values, areas = np.repeat([1.0, 2.0], [10, 1000]), np.repeat([9.0, 0.01], [10, 1000])
    found = area_percentiles(values, areas)
    assert list(found) == ["p1", "p5", "p25", "p50", "p75", "p95", "p99"]
    assert [found[p] for p in ("p5", "p75", "p95")] == [1.0, 1.0, 2.0]
    uniform = area_percentiles(np.linspace(0.0, 1.0, 1001), np.ones(1001))
    assert [uniform[p] for p in ("p5", "p50", "p99")] == pytest.approx([0.05, 0.5, 0.99], abs=1e-3)

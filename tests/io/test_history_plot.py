"""Plots of values over time show what is larger than rounding errors."""

import numpy as np
import pytest

from sparselbm.observe.monitor import Series
from sparselbm.results import history_plot
from sparselbm.results.history_plot import draw_history


@pytest.fixture
def figure(monkeypatch):
    """The figure in place of its file."""
    found = []
    monkeypatch.setattr(history_plot, "save_figure", lambda figure, path: found.append(figure))
    return found


def recorded(**columns):
    t = np.linspace(0.0, 1.0, 50)
    values = np.stack([t, *(f(t) for f in columns.values())], axis=1)
    return Series(("time [s]", *columns), np.arange(50), values)


def curves_of(axes):
    return [line.get_label() for line in axes.get_lines() if not line.get_label().startswith("_")]


def test_rounding_errors_are_named_and_not_plotted(figure):
    noise = np.random.default_rng(0).standard_normal(50)
    found = recorded(**{
        "yaw moment coefficient": lambda t: 0.3 + 0.01 * t, "drag coefficient": lambda t: 1e-7 * noise,
        "force /World/Stirrer x [N]": lambda t: 1e-8 * noise, "centre /World/Stirrer x [m]": lambda t: 1e-17 * noise,
        "angular velocity /World/Stirrer z [rad/s]": lambda t: 1.57 + 1e-13 * noise,
    })
    draw_history("unused.png", found, title="stirrer", begin=0.5, references={"": 1.0, "N": 0.07, "m": 0.1})
    axes = figure[0].axes
    assert [each.get_ylabel() for each in axes] == ["coefficient", "angular velocity [rad/s]"]
    assert curves_of(axes[0]) == ["yaw moment coefficient", "running mean"]
    assert axes[0].get_title(loc="left") == "zero but for rounding: drag coefficient"
    assert np.ptp(axes[1].get_ylim()) > 1e-4, "a value that is constant but for rounding is a straight line"
    assert figure[0].get_suptitle() == "stirrer"
    assert axes[-1].get_xlabel() == "time [s]"


def test_a_flow_of_nothing_but_rounding_errors_is_plotted_all_the_same(figure):
    draw_history("unused.png", recorded(**{"force x [N]": lambda t: 1e-9 * t}), title="", begin=0.5, references={"N": 1.0})
    assert len(figure[0].axes) == 1

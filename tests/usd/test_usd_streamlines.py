"""Streamlines close on circles, stop where the flow does, and converge with fourth order at least."""

import numpy as np
import pytest

from sparselbm.observe.streamlines import trace_streamlines


def vortex(x):
    return np.stack([-x[:, 1], x[:, 0], np.zeros(len(x))], axis=1)


def drift(count):
    (line,) = trace_streamlines(vortex, [[1.0, 0.0, 0.0]], 2 * np.pi / count, count)
    return np.linalg.norm(line[-1] - line[0])


def test_a_circle_closes_with_at_least_fourth_order():
    assert drift(32) < 1e-3
    assert np.log2(drift(16) / drift(32)) > 3.9


def test_upstream_is_the_way_back():
    (there,) = trace_streamlines(vortex, [[1.0, 0.0, 0.5]], 0.05, 40)
    (back,) = trace_streamlines(vortex, there[-1:], -0.05, 40)
    assert back[-1] == pytest.approx(there[0], abs=1e-6)


def test_lines_stop_at_the_edge_and_where_nothing_flows():
    def channel(x):
        velocity = np.zeros_like(x)
        velocity[:, 0] = np.maximum(1.0 - x[:, 1] ** 2, 0.0)
        velocity[x[:, 0] > 1.0] = np.nan
        return velocity

    lines = trace_streamlines(channel, [[0, 0, 0], [0, 0.9, 0], [0, 1.0, 0], [2, 0, 0]], 0.1, 100)
    assert [len(line) for line in lines] == [11, 11, 1, 1]
    assert np.all(np.diff(lines[1][:, 0]) == pytest.approx(0.1))


def test_bad_seeds_and_steps_are_refused():
    with pytest.raises(ValueError, match="seeds has the shape"):
        trace_streamlines(vortex, np.zeros(3), 0.1, 1)
    with pytest.raises(ValueError, match="step is 0"):
        trace_streamlines(vortex, np.zeros((1, 3)), 0.0, 1)
    assert trace_streamlines(vortex, np.zeros((0, 3)), 0.1, 1) == []

"""The table of a sweep says what it plots: the quantity in words, and the window of its mean."""

import pytest
from matplotlib.axes import Axes

from sparselbm.results.sweep_table import SweepTable


def table_of(folder, *summaries):
    table = SweepTable(
        folder, box="", plotted=("pressure_drop", "pressure drop [Pa]"), title="tube, sweep",
        labels={"fluid:reynolds": "Reynolds number"},
    )
    for k, summary in enumerate(summaries):
        table.plan(str(k), {"fluid:reynolds": str(50 * (k + 1))})
        table.add(str(k), summary)
    return table


def over_time(begin, mean):
    values = {"pressure drop [Pa]": {"mean": mean}}
    return {"pressure_drop": 99.0, "duration": 4.0, "statistics": {"from": begin, "to": 4.0, "values": values}}


@pytest.fixture
def drawn(monkeypatch):
    """Labels and curves that are drawn."""
    found = {}

    def noted(name, own):
        def call(self, *args, **more):
            found[name] = args
            return own(self, *args, **more)

        return call

    for name in ("set_xlabel", "set_ylabel", "set_title", "plot"):
        monkeypatch.setattr(Axes, name, noted(name, getattr(Axes, name)))
    return found


def test_means_of_runs_over_time_are_plotted_with_their_window(tmp_path, drawn):
    table = table_of(tmp_path, over_time(2.0, 5.0), over_time(2.0, 7.0))
    assert table.window == "means from 2 to 4 s"
    assert drawn["set_xlabel"] == ("Reynolds number",)
    assert drawn["set_ylabel"] == ("pressure drop [Pa]",)
    assert drawn["set_title"] == ("tube, sweep\nmeans from 2 to 4 s",)
    assert [each.tolist() for each in drawn["plot"][:2]] == [[50.0, 100.0], [5.0, 7.0]]


def test_windows_that_differ_are_named_as_such_and_steady_flows_have_none(tmp_path, drawn):
    assert table_of(tmp_path, over_time(2.0, 5.0), over_time(3.0, 7.0)).window == "means over the window of each run"
    assert table_of(tmp_path, {"pressure_drop": 1.0}, {"pressure_drop": 2.0}).window == ""
    assert drawn["set_title"] == ("tube, sweep",)
    assert table_of(tmp_path, {"pressure_drop": 1.0, "duration": 3.0}).window == "values at 3 s"

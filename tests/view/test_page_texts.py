"""What the page says: iterations, times, results in words, names of prims; and colours that can be read."""

import json
import re
from importlib.resources import files

import numpy as np
import pytest
from pxr import Usd

from sparselbm.results.page.names import short_names
from sparselbm.results.page.page import body_bounds
from sparselbm.results.page.timeline import MOST_FRAMES, Timeline, headline
from sparselbm.results.reader import Results
from sparselbm.results.stage.shapes import DrawnPrim

HISTORY = "iteration,objective,feasible\n0,2.0,1\n1,1.0,0\n2,1.5,1\n3,1.8,1\n"
SERIES = "step,time [s],drag coefficient\n0,0.0,0.5\n10,1.0,2.0\n20,2.0,3.0\n"


@pytest.fixture
def results(tmp_path):
    """Maker of results: summary, and other files by name."""

    def make(summary, **texts):
        (tmp_path / "a_results.usda").touch()
        if summary is not None:
            (tmp_path / "summary.json").write_text(json.dumps(summary))
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return Results.open(tmp_path)

    return make


def stage(last=None):
    """Stage whose time codes end at a number."""
    made = Usd.Stage.CreateInMemory()
    if last is not None:
        made.SetStartTimeCode(0.0)
        made.SetEndTimeCode(last)
    return made


def test_an_optimisation_opens_at_the_best_feasible_design_and_states_its_objective(results):
    read = results({"objective": "drag coefficient", "objective_best": 1.51, "obstacle": "/Car"}, history=HISTORY)
    found = Timeline.of(read, stage(3))
    assert [(moment.time, moment.result, moment.place) for moment in found.moments] == [
        ("iteration 0", "drag coefficient 2", (0, 2.0)),
        ("iteration 1", "drag coefficient 1, 50.0 % below iteration 0, constraints not satisfied", (1, 1.0)),
        ("iteration 2", "drag coefficient 1.51, best design, 24.5 % below iteration 0", (2, 1.5)),
        ("iteration 3", "drag coefficient 1.8, 10.0 % below iteration 0", (3, 1.8)),
    ]
    assert found.start == 2
    assert (found.curve.across, found.curve.label, found.curve.points[0]) == ("iteration", "drag coefficient", (0, 2.0))


def test_an_interrupted_optimisation_opens_at_its_best_design(results):
    found = Timeline.of(results(None, history=HISTORY), stage(3))
    assert found.start == 2
    assert found.moments[2].result == "objective 1.5, best design, 25.0 % below iteration 0"


def test_a_run_over_time_opens_at_the_last_time_and_states_the_drag_then(results):
    mean = {"mean": 2.512, "mean_error": 0.1}
    summary = {
        "reynolds": 100.0, "output_times": [0.0, 0.9, 2.0], "output_codes": [0.0, 21.6, 48.0], "drag_coefficient": 2.5,
        "statistics": {"from": 1.0, "to": 2.0, "values": {"drag coefficient": mean}},
    }
    read = results(summary, time_series=SERIES)
    found = Timeline.of(read, stage(48))
    assert [(moment.code, moment.time, moment.result) for moment in found.moments] == [
        (0.0, "t = 0 s", "drag coefficient 0.5"), (21.6, "t = 0.9 s", "drag coefficient 2"),
        (48.0, "t = 2 s", "drag coefficient 3"),
    ]
    assert found.start == 2
    assert (found.curve.across, found.curve.points) == ("time [s]", [(0.0, 0.5), (1.0, 2.0), (2.0, 3.0)])
    assert headline(read) == "Reynolds number 100, mean drag coefficient 2.512 from t = 1 s to 2 s"


def test_rounding_errors_are_no_drag(results):
    summary = {"output_times": [0.0, 2.0], "output_codes": [0.0, 48.0]}
    found = Timeline.of(results(summary, time_series="step,time [s],drag coefficient\n0,0.0,1e-9\n1,1.0,-2e-8\n"), stage(48))
    assert found.curve is None
    assert {moment.result for moment in found.moments} == {""}


@pytest.mark.parametrize(("summary", "text"), [
    ({"drag_coefficient": 0.5}, "drag coefficient 0.5"),
    ({"pressure_drop": 12.0, "surface": "/Pipe"}, "pressure drop 12 Pa"),
    ({"objective": "Overpressure", "objective_value": 3.0, "drag_coefficient": 1.0}, "Overpressure 3, drag coefficient 1"),
    ({}, ""),
])
def test_a_steady_flow_states_its_result_at_every_frame(results, summary, text):
    read = results(summary)
    assert {(moment.time, moment.result) for moment in Timeline.of(read, stage()).moments} == {("", text)}
    found = Timeline.of(read, stage(2))
    assert [moment.time for moment in found.moments] == ["frame 0", "frame 1", "frame 2"]
    assert {moment.result for moment in found.moments} == {text}


def test_an_optimised_fluid_volume_has_no_iterations_in_its_stage(results):
    summary = {"surface": "/Pipe", "objective": "pressure drop", "objective_best": 1.5}
    found = Timeline.of(results(summary, history=HISTORY), stage(3))
    assert found.moments[0].time == "frame 0"
    assert found.moments[0].result == "pressure drop 1.5, best design"
    assert len(found.curve.points) == 4


def test_many_times_are_thinned_with_the_first_and_the_last(results):
    codes = [moment.code for moment in Timeline.of(results({}), stage(1000)).moments]
    assert len(codes) == MOST_FRAMES
    assert (codes[0], codes[-1]) == (0.0, 1000.0)


def test_names_are_as_short_as_they_are_unambiguous():
    paths = ["/World/Results/Slices/speed_y", "/World/Car/body", "/World/Truck/body", "/World/Car/wheel", "/wheel", "/World/Road"]
    names = ["Slices/speed_y", "Car/body", "Truck/body", "Car/wheel", "/wheel", "Road"]
    assert short_names(paths, "/World/Results") == names
    assert short_names(["/Results/Slices/a"], "") == ["a"]
    assert short_names(["/R/Glyphs/u/Prototypes/Arrow", "/R/Glyphs/v/a", "/R/Glyphs/v/b"], "/R") == [
        "Glyphs/u", "Glyphs/v/a", "Glyphs/v/b",
    ]


@pytest.mark.parametrize(("path", "is_body"), [
    ("/World/Car", True), ("/World/Car/wheel", True), ("/World/Car_optimised", True), ("/World/Car_3_Wheel_optimised", True),
    ("/World/Car2", False), ("/World/Car_park", False), ("/World", False),
])
def test_the_body_is_found_under_its_path_and_as_the_mesh_that_stands_for_it(path, is_body):
    points = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]], np.float32)
    shape = DrawnPrim(path, 1, points, points, np.arange(2, dtype=np.uint32))
    assert body_bounds("/World/Car", [shape]) == ([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]] if is_body else None)
    assert body_bounds("", [shape]) is None


def _luminance(colour):
    channels = np.asarray(colour) / 255.0
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["text", "muted", "line", "mark"])
def test_writing_and_curves_stand_out_from_their_panel_before_any_flow(number, name):
    style = files("sparselbm.results.page").joinpath("style.css").read_text()
    blocks = re.findall(r":root \{([^}]*)\}", style)
    colours = {key: bytes.fromhex(value) for key, value in re.findall(r"--(\w+): #(\w+);", blocks[number])}
    *panel, alpha = colours["panel"]
    for behind in (0.0, 255.0):
        share = alpha / 255.0
        seen = share * np.array(panel) + (1.0 - share) * behind
        one, other = sorted([_luminance(seen), _luminance(list(colours[name]))])
        assert (other + 0.05) / (one + 0.05) >= 4.5

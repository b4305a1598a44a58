"""Runs of a given duration from the command line, from a case and from Python: series, statistics, frames, refusals."""

import json

import numpy as np
import pytest
from cli_cases import scene_of
from pxr import Usd

from sparselbm.case import Case, CaseStudy
from sparselbm.case.entry import spelt
from sparselbm.errors import CaseError, SimulationError
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.flows import TransientRun
from sparselbm.geometry import TriangleMesh
from sparselbm.observe.monitor import Csv
from sparselbm.results.stage.colour import range_of, values_at
from sparselbm.results.stage.validation import validate_stage
from sparselbm.units import Units

COARSE = (
    "--voxel-size", "0.125", "--reynolds", "60", "--lattice-velocity", "0.1", "--margins", "0.8,1,0.8", "--device", "cpu",
    "--output", "out",
)
CASE = """
[scene]
file = "ball.usda"

[domain]
voxelSize = 0.125

[time]
"""


@pytest.fixture
def ball(tmp_path):
    return scene_of(tmp_path / "ball.usda", {"Ball": TriangleMesh.sphere(0.5, subdivisions=2)})


def test_a_run_of_a_duration_writes_series_statistics_frames_and_means(ball, in_process, tmp_path):
    """The statistics are those of the series, the mean fields those of the frames, and a second is 24 time codes / speed."""
    code, said, _ = in_process(
        "run", ball, *COARSE, "--duration", "1", "--record-every", "0.025", "--output-every", "0.2", "--statistics-from", "0.4",
        "--playback-speed", "0.5", "--draw", "surface", "--draw", "slice", "--draw", "volumes",
    )
    assert code == 0
    folder, summary = tmp_path / "out", json.loads((tmp_path / "out" / "summary.json").read_text())
    series = Csv().read(folder / "time_series.csv")
    assert series.columns == (
        "time [s]", "drag coefficient", "side force coefficient", "lift coefficient", "force x [N]", "force y [N]", "force z [N]",
        "moment x [N m]", "moment y [N m]", "moment z [N m]", "roll moment coefficient", "pitch moment coefficient",
        "yaw moment coefficient",
    )
    assert np.allclose(series.values[:, 0], series.steps * summary["run"]["time_step"])
    assert np.allclose(series["force x [N]"].values, series["drag coefficient"].values * summary["reference_force"])
    window = series["drag coefficient"].since(32).values
    found = summary["statistics"]["values"]["drag coefficient"]
    assert (found["mean"], found["rms"], found["min"], found["max"]) == pytest.approx(
        (window.mean(), window.std(), window.min(), window.max())
    )
    assert summary["drag_coefficient"] == found["mean"]
    assert f"mean drag coefficient {found['mean']:.4g} +-" in " ".join(said.split())
    assert summary["regime"] == "transient"
    assert not summary["converged"]
    assert (folder / "history.png").is_file()
    _require_frames(folder, summary["output_times"])


def _require_frames(folder, times):
    """Frames lie at their times, have one range of colours, and the later ones fit in it."""
    assert times == pytest.approx(np.arange(6) * 0.2)
    assert validate_stage(folder / "ball_results.usda") == []
    stage = Usd.Stage.Open(str(folder / "ball_results.usda"))
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0.0, pytest.approx(48.0))
    drawn, body = stage.GetPrimAtPath("/World/Results/Slices/speed_y"), stage.GetPrimAtPath("/World/Ball")
    for prim, field, places in ((drawn, "speed", "st"), (body, "pressure", "st_field")):
        values = [np.array(prim.GetAttribute(f"primvars:{field}").Get(48.0 * t)) for t in times]
        shown = np.concatenate([np.array(prim.GetAttribute(f"primvars:{places}").Get(48.0 * t)) for t in times])
        every, later = np.concatenate(values), np.concatenate(values[2:])
        if field == "pressure":
            limits = range_of(float(later.min()), float(later.max()))
            assert values_at(shown, limits) == pytest.approx(np.clip(every, *limits), abs=1e-3)
        else:
            inside = (shown[:, 0] > 0.003) & (shown[:, 0] < 0.997)
            assert np.corrcoef(shown[inside, 0], every[inside])[0, 1] > 1.0 - 1e-9
    velocity = np.mean([read_nvdb(folder / f"velocity_{k:04d}.nvdb").values for k in (2, 3, 4, 5)], axis=0)
    mean = read_nvdb(folder / "mean_velocity.nvdb").values
    assert np.abs(mean - velocity).max() < 0.1 * np.abs(velocity).max()


def test_a_run_to_steady_state_records_its_values_too(ball, in_process, tmp_path):
    code, _, said = in_process("run", ball, *COARSE, "--max-steps", "60", "--draw", "slice")
    assert code == 0, said
    series = Csv().read(tmp_path / "out" / "time_series.csv")
    assert series.steps[0] == 0
    assert series.steps[-1] == 60
    assert len(series) >= 5
    residuals = Csv().read(tmp_path / "out" / "residuals.csv")
    assert residuals.columns == ("time [s]", "velocity change")
    assert residuals.steps.tolist() == [0, 50]
    assert 0.0 < residuals.values[1, 1] < 1.0
    assert (tmp_path / "out" / "history.png").is_file()


REFUSED = {
    "statistics after the end": ({"duration": 1.0, "statistics_from": 2.0}, "statistics_from", "is 2 s, but the run ends after"),
    "output after the end": ({"duration": 1.0, "output_every": 3.0}, "output_every", "is 3 s, but the run ends after"),
    "ramp after the end": ({"duration": 1.0, "ramp": 4.0}, "ramp", "is 4 s, but the run ends after"),
    "below a time step": ({"duration": 1.0, "record_every": 1e-6}, "record_every", "is 1e-06 s, below the time step of 0.01 s"),
    "too many steps": ({"duration": 1e9}, "duration", "is 1e+09 s, which is 1e+11 time steps of 0.01 s, limit 2,147,483,647"),
}


@pytest.mark.parametrize(("given", "name", "fault"), REFUSED.values(), ids=REFUSED)
def test_times_that_do_not_fit_are_refused_alike(given, name, fault, ball, in_process, tmp_path):
    """In Python, on the command line and in a case, before anything is built."""
    units = Units(voxel_size=0.125, velocity=1.0, viscosity=0.01, density=1.0, lattice_velocity=0.08)
    with pytest.raises(SimulationError) as error:
        TransientRun(**given).require(units)
    assert f"{name} {fault}" in str(error.value)
    options = [text for each, value in given.items() for text in (f"--{each.replace('_', '-')}", value)]
    code, _, said = in_process("run", ball, *COARSE, "--lattice-velocity", "0.08", *options)
    assert code == 2
    assert f"time.{spelt(name)} {fault}" in said
    assert not (tmp_path / "out").exists()
    (tmp_path / "case.toml").write_text(CASE + "".join(f"{spelt(each)} = {value}\n" for each, value in given.items()))
    code, _, said = in_process("run", "case.toml", "--lattice-velocity", "0.08", "--device", "cpu")
    assert code == 2
    assert f"case.toml: time.{spelt(name)} {fault}" in said


def test_more_frames_than_the_disk_holds_are_refused(ball, in_process, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10_000_000}))
    code, _, said = in_process("run", ball, *COARSE, "--duration", "100", "--output-every", "0.1")
    assert code == 2
    assert "1,000 frames" in said
    assert "0.01 GB free" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("setting", ["ramp", "recordEvery", "outputEvery", "statisticsFrom"])
def test_intervals_need_a_duration(setting, ball, tmp_path):
    (tmp_path / "case.toml").write_text(f"{CASE}{setting} = 0.1\n")
    with pytest.raises(CaseError, match=f"time.{setting} is 0.1 s, but case.toml: time.duration is missing"):
        Case.open(tmp_path / "case.toml")


def test_a_number_of_steps_and_a_duration_contradict_each_other(ball, in_process):
    code, _, said = in_process("run", ball, "--duration", "1", "--max-steps", "100")
    assert code == 2
    assert "keep one of them" in said


def test_a_study_of_a_flow_over_time_is_refused(ball, tmp_path):
    """Gradients of unsteady runs are a matter of their own."""
    (tmp_path / "case.toml").write_text(CASE + "duration = 1.0\n")
    case = Case.open(tmp_path / "case.toml")
    with pytest.raises(CaseError, match=r"time.duration is 1 s, but an optimisation runs each flow to steady state"):
        CaseStudy.of(case, case.setup(case.read_scene(), "cpu"))

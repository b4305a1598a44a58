"""An interrupted run or optimisation continues from its restart files to the bits of one that was not interrupted."""

import json
import os
import signal

import numpy as np
import pytest
from cli_cases import scene_of
from killed_runs import KilledError, kill_after, results_in
from pxr import Usd
from vessel_cases import tube_scene

from sparselbm.cli.sole_run import sole_run
from sparselbm.files.restarts import RestartWriter, restart_files
from sparselbm.geometry import TriangleMesh
from sparselbm.observe.monitor import Csv
from sparselbm.results.stage.validation import validate_stage

COARSE = (
    "--voxel-size", "0.125", "--reynolds", "60", "--lattice-velocity", "0.1", "--margins", "0.3,0.5,0.3", "--device", "cpu",
    "--output", "out", "--restart-every", "1e-9", "--draw", "slice",
)
SHORT = (
    "run", "ball.usda", *COARSE[:-4], "--duration", "1.5", "--record-every", "0.1", "--output-every", "0.5", "--draw", "slice",
)
STEADY = ("run", "ball.usda", *COARSE, "--max-steps", "120")
DURATION = (
    "run", "ball.usda", *COARSE, "--duration", "2.5", "--ramp", "1.2", "--record-every", "0.1", "--output-every", "0.5",
    "--statistics-from", "0.4", "--draw", "volumes",
)
VESSEL = (
    "run", "tube.usda", "--device", "cpu", "--output", "out", "--restart-every", "1e-9", "--draw", "slice", "--duration", "0.06",
    "--record-every", "0.002", "--statistics-from", "0.02",
)
"""Tube with a Windkessel outlet, whose pressure follows the flow; with statistics of the wall shear stress."""
OPTIMIZE = (
    "optimize", "ball.usda", *COARSE, "--max-steps", "100", "--tolerance", "0.2", "--iterations", "2", "--no-grid-check",
    "--rigid",
)
CHECKED = tuple(each for each in OPTIMIZE if each != "--no-grid-check")


@pytest.fixture
def ball(tmp_path):
    windkessel = {"proximalResistance": 1e6, "distalResistance": 4e6, "compliance": 5e-9}
    tube_scene(tmp_path / "tube.usda", outlet={"kind": "outlet", **windkessel})
    return scene_of(tmp_path / "ball.usda", {"Ball": TriangleMesh.sphere(0.5, subdivisions=2)})


@pytest.mark.validate
@pytest.mark.parametrize(
    ("arguments", "share"), [(STEADY, 0.5), (DURATION, 0.3), (DURATION, 0.8), (VESSEL, 0.5), (OPTIMIZE, 0.3), (OPTIMIZE, 0.8),
     (CHECKED, 0.95)],
    ids=[
        "steady", "duration, early", "duration, late", "vessel", "optimize, early", "optimize, late", "optimize, finer grid",
    ],
)
def test_the_end_has_the_bits_of_an_uninterrupted_run(arguments, share, ball, in_process, monkeypatch, tmp_path):
    written = kill_after(monkeypatch, 0)
    code, _, said = in_process(*arguments)
    assert code == 0, said
    assert not (tmp_path / "out" / "restart").exists()
    whole = results_in(tmp_path / "out")
    kill_after(monkeypatch, max(1, round(share * len(written))))
    with pytest.raises(KilledError):
        in_process(*arguments, "--overwrite")
    kill_after(monkeypatch, 0)
    code, out, said = in_process(*arguments, "--resume")
    assert code == 0, said
    assert "Resumed" in out
    found = results_in(tmp_path / "out")
    assert [name for name in {**whole, **found} if found.get(name) != whole.get(name)] == []
    assert "is finished" in in_process(*arguments, "--resume")[1]


def test_a_run_that_is_stopped_says_how_to_continue_and_does(ball, in_process, tmp_path, monkeypatch):
    """SIGTERM as Ctrl-C: a restart file is written at once; rows and frames continue without a gap."""
    with monkeypatch.context() as patch:
        point = RestartWriter.point

        def stopped(writer):
            os.kill(os.getpid(), signal.SIGTERM)
            point(writer)

        patch.setattr(RestartWriter, "point", stopped)
        code, _, said = in_process(*SHORT)
    assert code == 130
    assert "Interrupted at 1.25 s. The same command with --resume continues it." in said
    assert len(restart_files(tmp_path / "out" / "restart")) == 1
    code, _, said = in_process(*SHORT)
    assert (code, "holds an interrupted run" in said, "--resume" in said, "--overwrite" in said) == (2, True, True, True)
    code, _, said = in_process(*SHORT, "--reynolds", "70", "--resume")
    assert code == 2
    assert "fluid.reynolds is 70.0, but was 60.0 when the run began" in said
    code, out, said = in_process(*SHORT, "--resume")
    assert code == 0, said
    assert "Resumed at step 100, 1.25 s" in out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["output_times"] == pytest.approx([0.0, 0.5, 1.0, 1.5])
    assert Csv().read(tmp_path / "out" / "time_series.csv").values[:, 0] == pytest.approx(0.1 * np.arange(16))
    stage = Usd.Stage.Open(str(tmp_path / "out" / "ball_results.usda"))
    drawn = stage.GetPrimAtPath("/World/Results/Slices/speed_y").GetAttribute("primvars:speed")
    assert [code / 24.0 for code in drawn.GetTimeSamples()] == pytest.approx(summary["output_times"])
    assert validate_stage(tmp_path / "out" / "ball_results.usda") == []
    for output in ((), ("--restart-every", "7"), ("--draw", "surface")):
        code, out, _ = in_process(*SHORT, *output, "--resume")
        assert (code, "is finished" in out) == (0, True)

    code, _, said = in_process(*SHORT, "--reynolds", "70", "--resume")
    assert code == 2
    assert "is finished, and cannot be resumed with other settings: fluid.reynolds is 70.0" in said
    (tmp_path / "out" / "summary.json").unlink()
    code, _, said = in_process(*SHORT, "--resume")
    assert (code, "has no restart file" in said) == (2, True)


def test_a_second_run_into_a_folder_is_refused_while_one_is_writing(ball, in_process, tmp_path):
    with sole_run(tmp_path / "out"):
        code, _, said = in_process(*SHORT)
        assert (code, f"process {os.getpid()} is writing results" in said) == (2, True)
    with sole_run(tmp_path / "out"), sole_run(tmp_path / "other"):
        pass

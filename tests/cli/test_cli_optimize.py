"""The optimisation of a user's own stage, from the shell's arguments to the files; and what Ctrl-C leaves of it."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import time

import numpy as np
import pytest
from cli_cases import ENVIRONMENT, command, instanced_scene, scene_of

from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import Scene

COARSE = ("--voxel-size", "0.024", "--margins", "0.6,1.2,0.9", "--reynolds", "40", "--max-steps", "800", "--ffd", "3,3,3")


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def finished(tmp_path_factory, device):
    """The files of one whole optimisation, what was printed, and the scene's hash before it."""
    folder = tmp_path_factory.mktemp("optimize")
    scene = instanced_scene(folder / "car.usda")
    before = hashlib.sha256(scene.read_bytes()).hexdigest()
    call = command(
        "optimize",
        scene,
        "--obstacle",
        "/World/Body",
        *COARSE,
        "--iterations",
        2,
        "--output",
        "out",
        "--device",
        device,
    )
    done = subprocess.run(call, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder, scene, before, done


def test_drag_falls_at_fixed_volume_and_on_the_second_grid_too(finished):
    folder, _, _, done = finished
    summary = json.loads((folder / "out" / "summary.json").read_text())
    assert summary["objective_best"] < 0.99 * summary["objective_first"]
    assert abs(summary["volume_change"]) < 0.005
    assert summary["iterations"] == 2
    assert abs(summary["cross_check"][-1]["difference"]) < 0.03, "walls on links confirm the gain"
    correction = summary["defect_correction"]
    assert (correction["values_by"], correction["available"], correction["settled"]) == ("ParabolicInterpolation", True, True)
    assert correction["own_best"] < 0.98 * correction["own_first"]
    # Differences of the wall that follows the trend, and those of the other wall on the finer grid, agree.
    assert summary["grid_check"]["reduction"] == pytest.approx(correction["own_reduction"], abs=0.01)
    ratio = summary["cross_check"][-1]
    assert correction["own_best"] / correction["own_first"] == pytest.approx(ratio["objective"], rel=1e-9)
    assert summary["objective_best"] / summary["objective_first"] == pytest.approx(ratio["checked"], rel=1e-9)
    for text in (
        "values by ParabolicInterpolation",
        f"{correction['own_first']:.4f} before", "reduction", "cross-check", "volume change", "grid check",
        f"{summary['objective_first']:.4f} before",
    ):
        assert text in done.stdout


def test_the_users_file_is_as_it_was(finished):
    _, scene, before, _ = finished
    assert hashlib.sha256(scene.read_bytes()).hexdigest() == before


def test_the_stage_has_the_shape_of_every_iteration_and_satisfies_openusd(finished):
    folder, scene, _, _ = finished
    stage = folder / "out" / "car_results.usda"
    shapes = [Scene.open(stage, time=k).body("/World/Body").mesh for k in range(3)]
    start = Scene.open(scene).body("/World/Body").mesh
    assert shapes[0].points == pytest.approx(start.points, abs=1e-6)
    assert np.abs(shapes[2].points - start.points).max() > 0.001
    rows = rows_of(folder / "out" / "history.csv")
    volumes = [mesh.volume / start.volume - 1.0 for mesh in shapes]
    assert volumes == pytest.approx([float(row["FixedVolume"]) for row in rows], abs=2e-5)
    assert validate_stage(stage) == []


def test_every_file_is_there(finished):
    folder, *_ = finished
    names = {each.name for each in (folder / "out").iterdir()}
    assert names == {
        "car_results.usda", "car_layer.usdc", "history.csv", "summary.json",
        "fields.vdb", "velocity.nvdb", "pressure.nvdb", "solid.nvdb", "convergence.png", "slices.png", "slice.png",
        "car_clips", "car_colours.png", "car_legend_pressure.png", "car_legend_speed.png",
    }


def test_ctrl_c_ends_with_130_and_all_finished_iterations_readable(tmp_path, device):
    scene = scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.1, subdivisions=3)})
    call = command("optimize", scene, *COARSE, "--max-steps", 100, "--iterations", 50, "--output", "out", "--device", device)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = subprocess.Popen(call, cwd=tmp_path, env=ENVIRONMENT, **pipes, text=True, start_new_session=True)
    history, end = tmp_path / "out" / "history.csv", time.monotonic() + 120
    while not (history.exists() and len(rows_of(history)) >= 2) and time.monotonic() < end and child.poll() is None:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "Traceback" not in out + err
    assert "best objective" in err
    rows = rows_of(history)
    stage = tmp_path / "out" / "ball_results.usda"
    for row in rows:
        mesh = Scene.open(stage, time=int(row["iteration"])).bodies[0].mesh
        change = mesh.volume / Scene.open(scene).bodies[0].mesh.volume - 1.0
        assert change == pytest.approx(float(row["FixedVolume"]), abs=2e-5)
    assert validate_stage(stage) == []

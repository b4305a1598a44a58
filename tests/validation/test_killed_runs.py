"""Runs and optimisations in processes that are killed at 50 random moments end with the bits of those that are not."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from killed_runs import results_in
from pxr import Usd, UsdGeom

from sparselbm.files.restarts import restart_files

pytestmark = pytest.mark.validate

COMMON = """
[scene]
file = "ball.usda"
[domain]
voxelSize = 0.125
upstream = 0.6
downstream = 1.0
side = 0.6
[solver]
latticeVelocity = 0.1
[output]
restartEvery = 1e-9
"""
HEAT = """
[scalar.temperature]
prandtl = 0.7
expansion = 0.01
[condition."/Ball:temperature"]
value = 1.0
[force]
gravity = [0.0, 0.0, -0.5]
"""
CASES = {
    "steady with a scalar": ("run", HEAT + '[fluid]\nreynolds = 60.0\n[solver]\nlatticeVelocity = 0.1\nmaxSteps = 1200\n'),
    "statistics": (
        "run", HEAT + "[fluid]\nreynolds = 60.0\n[time]\nduration = 12.0\nramp = 2.0\noutputEvery = 1.0\nstatisticsFrom = 3.0\n"
    ),
    "moving body": (
        "run", '[fluid]\nreynolds = 40.0\n[force]\ngravity = [0.0, 0.0, -0.04]\n[obstacle."/Ball"]\nrole = "design"\n'
        'motion = "free"\ndensity = 3.0\ntranslate = "z"\n[time]\nduration = 4.0\noutputEvery = 1.0\nstatisticsFrom = 2.0\n'
    ),
    "optimisation": (
        "optimize", '[fluid]\nreynolds = 60.0\n[solver]\nlatticeVelocity = 0.1\nmaxSteps = 200\ntolerance = 0.05\n'
        '[design]\nkind = "rigid"\nmaxDisplacement = 0.1\n[objective]\niterations = 2\ngridCheck = false\n'
    ),
}
"""Command and case of each kind of run."""
MOMENTS = 50


@pytest.fixture(scope="module", params=CASES)
def whole(request, tmp_path_factory):
    """Command, folder, results of the uninterrupted run, and its duration since the first file [s]."""
    folder = tmp_path_factory.mktemp("case")
    stage = Usd.Stage.CreateNew(str(folder / "ball.usda"))
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.Sphere.Define(stage, "/Ball").CreateRadiusAttr(0.5)
    stage.GetRootLayer().Save()
    command, text = CASES[request.param]
    common = COMMON.replace("[solver]\nlatticeVelocity = 0.1\n", "") if "[solver]" in text else COMMON
    (folder / "case.toml").write_text(common + text)
    arguments = [command, "case.toml", "--device", "cpu", "--output", "out", "--draw", "slice", "--draw", "volumes"]
    code, duration = _run(arguments, folder)
    assert code == 0
    return request.param, arguments, folder, results_in(folder / "out"), duration


def _run(arguments, folder, delay=None):
    """Exit code, and the time since the folder of results appeared [s]; after `delay` from then on the process is killed."""
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with (folder / "said.txt").open("a") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "sparselbm.cli.main", *arguments], cwd=folder, env=here, stdout=said, stderr=said
        )
        while process.poll() is None and not any(path.is_file() for path in (folder / "out").glob("*.csv")):
            time.sleep(0.01)
        begun = time.monotonic()
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode, time.monotonic() - begun


@pytest.mark.parametrize("seed", range(-(-MOMENTS // len(CASES))))
def test_a_killed_run_ends_with_the_bits_of_the_whole_one(whole, seed):
    """One that is killed before its first restart file is refused, and repeated; one that had finished has nothing to do."""
    name, arguments, folder, expected, duration = whole
    delay = random.Random(f"{name} {seed}").uniform(0.0, 0.8 * duration)
    for path in (folder / "out").glob("*.csv"):
        path.unlink()
    code, _ = _run([*arguments, "--overwrite"], folder, delay)
    kept, summary = bool(restart_files(folder / "out" / "restart")), folder / "out" / "summary.json"
    ended = summary.is_file() and json.loads(summary.read_text())["complete"]
    print(f"{name}: killed after {delay:.2f} of {duration:.2f} s, exit code {code}, restart file: {kept}, finished: {ended}")
    if code != 0:
        resumed, _ = _run([*arguments, "--resume"], folder)
        assert resumed == (0 if kept or ended else 2)
        if not (kept or ended):
            assert _run([*arguments, "--overwrite"], folder)[0] == 0
    found = results_in(folder / "out")
    assert [each for each in {**expected, **found} if found.get(each) != expected.get(each)] == []

"""Omniverse's validator, in its own environment, finds no error in our scenes, nor in results that the user's scene lacks."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from sparselbm.results.stage import ResultsStage
from sparselbm.scene.usd import Scene

pytestmark = pytest.mark.viewers
ASSETS = Path(__file__).parents[2] / "assets"


def errors(stage, report):
    """Rule, prim and message of each failure and error; warnings, on speed and taste, are left out."""
    python = os.environ.get("OMNIVERSE_PYTHON")
    assert python, "set OMNIVERSE_PYTHON to a Python that has usd-validation-nvidia; `make viewers` does"
    call = [python, "-m", "usd_validation_nvidia", "--json-output", report, stage]
    done = subprocess.run(list(map(str, call)), capture_output=True, text=True, timeout=300)
    assert report.exists(), done.stderr[-2000:]
    issues = [issue for rule in json.loads(report.read_text())["rules"] for issue in rule["issues"]]
    return {
        (issue["rule"]["name"], (issue["at"] or {}).get("path", ""), issue["message"])
        for issue in issues
        if issue["severity"] not in ("WARNING", "INFO")
    }


def test_results_with_every_drawing_have_no_error(results, tmp_path):
    of_scene = errors(results.parent / "ball.usda", tmp_path / "scene.json")
    for folder in (results, results.parent / "run", results.parent / "blinking"):
        assert errors(folder / "ball_results.usda", tmp_path / f"{folder.name}.json") <= of_scene


@pytest.mark.parametrize("name", ["bunny_tunnel", "gprims"])
def test_moved_bodies_have_no_error_that_the_scene_has_not(tmp_path, name):
    scene = Scene.open(ASSETS / f"{name}.usda")
    body = scene.body("/World")
    with ResultsStage(scene.path, tmp_path, name) as stage:
        for time in range(2):
            stage.add_iteration(body, time, body.mesh.points * (1.0 + 0.1 * time))
            stage.add_surface_fields(body, {"pressure": body.mesh.points[:, 0]}, iteration=time, colour_by="pressure")
    found = errors(stage.path, tmp_path / "results.json")
    # The scan stands on our search path, not on theirs: the scene's layer names it so, though the results lead to it.
    assert {rule for rule, _, _ in found} <= {"MissingReferenceChecker"}
    assert all("bunny.usd" in message for _, _, message in found)


ON_PURPOSE = {
    "UsdAsciiPerformanceChecker": "scenes of the repository are text, so that they can be read and compared",
    "MissingReferenceChecker": "the scan of the bunny is in Warp's wheel, not copied",
}
AWKWARD = {"WeldChecker", "ValidateTopologyChecker", "ExtentsChecker", "NormalsExistChecker"}
"""Rules that the empty mesh of awkward_meshes.usda breaks on purpose."""


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.usda")), ids=lambda path: path.stem)
def test_the_scenes_of_the_repository_have_no_error(path, tmp_path):
    broken = {rule for rule, prim, _ in errors(path, tmp_path / "report.json") if rule not in ON_PURPOSE}
    assert broken == (AWKWARD if path.stem == "awkward_meshes" else set())

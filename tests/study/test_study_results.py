"""Files on disk after and during an optimisation."""

import csv
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from study_cases import BALL, SMALL

from sparselbm.design import DesignProblem, ShapeVariables
from sparselbm.design.constraint.volume import volume_gradient
from sparselbm.design.optimizer import StoppingCriteria
from sparselbm.errors import OutputExistsError, SimulationError
from sparselbm.flows import SteadyRun
from sparselbm.geometry.deformation import FFD
from sparselbm.results import ResultsWriter
from sparselbm.results.stage import PrimOps, validate_stage
from sparselbm.results.writer import normal_sensitivity
from sparselbm.scene.usd import Scene

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def scene(tmp_path):
    import trimesh

    trimesh.Trimesh(BALL.points, BALL.faces, process=False).export(tmp_path / "ball.ply")
    return Scene.open(tmp_path / "ball.ply")


def test_sensitivity_is_the_change_for_each_volume_that_is_added():
    """dJ = integral of s dn dA: of the volume itself s = 1, of the area of a sphere s = 2 / R."""
    assert normal_sensitivity(BALL, volume_gradient(BALL.points, BALL.faces)) == pytest.approx(
        np.ones(len(BALL.points))
    )
    step, areas = 1e-6, []
    for sign in (1.0, -1.0):
        areas.append(BALL.with_points(BALL.points * (1.0 + sign * step)).area)
    growth = normal_sensitivity(BALL, _area_gradient(BALL)) @ (np.linalg.norm(BALL.point_areas, axis=1) * 0.5)
    assert growth == pytest.approx((areas[0] - areas[1]) / (2 * step), rel=5e-3)


def _area_gradient(mesh):
    """d area / d points: half the sum of unit normals crossed with the opposite edges."""
    gradient = np.zeros_like(mesh.points)
    normals = mesh.area_vectors / np.linalg.norm(mesh.area_vectors, axis=1, keepdims=True)
    for k in range(3):
        edge = mesh.corners[(k + 2) % 3] - mesh.corners[(k + 1) % 3]
        np.add.at(gradient, mesh.faces[:, k], 0.5 * np.cross(normals, edge))
    return gradient


def test_a_run_that_fails_keeps_what_was_written(scene, tmp_path, device):
    setup = SMALL.in_scene(scene, device=device)
    problem = DesignProblem(
        setup, ShapeVariables(FFD((3, 3, 3), limit=0.1)), steady_run=SteadyRun(max_steps=200), stop=StoppingCriteria(iterations=5)
    )
    folder = ResultsWriter(tmp_path / "out", scene, setup)

    def add_then_spoil(iterate):
        folder.add(iterate)
        if iterate.record.iteration == 1:
            problem.flow.simulation.state.populations.fill_(float("nan"))

    with pytest.raises(SimulationError, match=r"blown up by step \d+, first seen at cell \(") as failure:
        problem.minimize(add_then_spoil)
    assert any("Best design so far" in note for note in failure.value.__notes__)
    with open(tmp_path / "out" / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["iteration"] for row in rows] == ["0", "1"]
    for row in rows:
        mesh = Scene.open(folder.stage.path, time=int(row["iteration"])).bodies[0].mesh
        assert mesh.volume / setup.mesh.volume - 1.0 == pytest.approx(float(row["FixedVolume"]), abs=2e-5)
    assert validate_stage(folder.stage.path) == []


TILTED = """#usda 1.0
(
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "Stand"
{
    float xformOp:rotateY = 10
    float3 xformOp:scale = (1, 1, 0.5)
    uniform token[] xformOpOrder = ["xformOp:rotateY", "xformOp:scale"]

    def Sphere "Ball"
    {
        double radius = 0.5
    }
}
"""


def test_a_study_of_xform_ops_writes_their_values_and_no_points(tmp_path, device):
    path = tmp_path / "tilted.usda"
    path.write_text(TILTED)
    scene, ops = Scene.open(path), PrimOps.of(path, "/Stand", {"xformOp:rotateY": 20.0})
    setup = SMALL.in_scene(scene, device=device)
    problem = DesignProblem(
        setup, ShapeVariables(ops.deformation), constraints=(), steady_run=SteadyRun(max_steps=400),
        stop=StoppingCriteria(iterations=1), verify=None,
    )
    folder = ResultsWriter(tmp_path / "out", scene, setup, ops=ops)
    found = problem.minimize(folder.add)
    # A tilted disc is turned level: that is where its drag is least.
    assert found.history[-1].objective < found.history[0].objective
    assert abs(found.history[-1].x[0]) < 10.0
    for record in found.history:
        there = Scene.open(folder.stage.path, time=record.iteration).bodies[0].mesh.points
        assert there == pytest.approx(ops.deformation.bind(setup.mesh).points(record.x), abs=1e-6)
    assert validate_stage(folder.stage.path) == []


def test_a_folder_with_files_is_refused(scene, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(OutputExistsError, match="overwrite"):
        ResultsWriter(tmp_path / "out", scene, SMALL.in_scene(scene))
    # Exports and pages of an earlier run are removed with it; the user's own files stay.
    own = ("mine.txt", "mine.png", "smoke.vdb", "export/mine.txt", "view/mine.html")
    former = ("slice.png", "fields.vdb", "export/fields.vdb", "export/design.glb", "view/data.js")
    for name in (*own, *former):
        (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_text("mine")
    ResultsWriter(tmp_path / "out", scene, SMALL.in_scene(scene), overwrite=True)
    assert [(tmp_path / "out" / name).exists() for name in (*own, *former)] == [True] * 5 + [False] * 5


def test_a_former_result_that_the_scene_is_made_of_is_not_removed(scene, tmp_path):
    """A study of what another one has found, into the folder of that one."""
    setup = SMALL.in_scene(scene)
    ResultsWriter(tmp_path / "out", scene, setup).stage.add_iteration(scene.body(setup.obstacle), 0, BALL.points)
    found = tmp_path / "over.usda"
    found.write_text('#usda 1.0\n(\n    subLayers = [@out/ball_results.usda@]\n)\n')
    kept = sorted(path.name for path in (tmp_path / "out").iterdir())
    with pytest.raises(OutputExistsError, match="belongs to the scene"):
        ResultsWriter(tmp_path / "out", Scene.open(found), setup, overwrite=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == kept


@pytest.mark.validate
def test_the_example_s_bunny_loses_drag(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["optimise_bunny.py", "0.125", str(tmp_path / "bunny")])
    found = runpy.run_path(str(EXAMPLES / "optimise_bunny.py"))
    summary = found["summary"]
    assert summary["reduction"] > 0.03
    assert summary["grid_check"]["reduction"] > 0.03
    assert abs(summary["volume_change"]) < 0.005
    assert f"-> {summary['objective_best']:.3f}" in capsys.readouterr().out

"""A run without optimisation, and one that blows up."""

import json

import numpy as np
import pytest
from cli_cases import scene_of
from pxr import UsdGeom

from sparselbm.flows import SteadyRun, WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.models.wall import ParabolicInterpolation
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import Scene, open_stage

BALL = TriangleMesh.sphere(0.5, subdivisions=3)
SMALL = ("--voxel-size", "0.12", "--margins", "1,1.5,1")


def test_force_and_coefficient_are_those_of_the_python_interface(in_process, tmp_path, device):
    scene = scene_of(tmp_path / "ball.usda", {"Body": BALL})
    code, out, err = in_process(
        "run",
        scene,
        *SMALL,
        "--reynolds",
        30,
        "--velocity",
        2,
        "--density",
        5,
        "--max-steps",
        300,
        "--device",
        device,
    )
    setup = WindTunnel(voxel_size=0.12, reynolds=30, velocity=2, density=5, upstream=1, downstream=1.5, side=1).in_scene(
        Scene.open(scene), device=device
    )
    criterion = SteadyRun(max_steps=300, interval=setup.steady_run.interval)
    drag = setup.build().run_to_steady(steady_run=criterion).value
    found = json.loads((tmp_path / "results" / "ball" / "summary.json").read_text())
    assert code == 0, err
    assert found["drag_coefficient"] == pytest.approx(drag, rel=1e-9)
    assert found["drag_force"] == pytest.approx(drag * 0.5 * 5 * 2**2 * setup.frontal_area, rel=1e-9)
    assert f"{drag:.4f}" in out
    assert f"{found['drag_force']:.5g} N" in out
    assert "increase --max-steps" in err  # 300 steps are too few, and it says so.
    assert validate_stage(tmp_path / "results" / "ball" / "ball_results.usda") == []
    names = {each.name for each in (tmp_path / "results" / "ball").iterdir()}
    assert {"slice.png", "fields.vdb", "velocity.nvdb", "pressure.nvdb"} <= names


@pytest.mark.validate
def test_walls_may_lie_on_links(in_process, tmp_path, device):
    """`--wall interpolated` is `ParabolicInterpolation`: its drag, with pressure and shear on the body."""
    scene = scene_of(tmp_path / "ball.usda", {"Body": BALL})
    given = (*SMALL, "--reynolds", 30, "--max-steps", 200, "--wall", "interpolated", "--device", device)
    code, _, err = in_process("run", scene, *given, "--output", "out")
    assert code == 0, err
    tunnel = WindTunnel(voxel_size=0.12, reynolds=30, upstream=1, downstream=1.5, side=1, wall=ParabolicInterpolation())
    setup = tunnel.in_scene(Scene.open(scene), device=device)
    criterion = SteadyRun(max_steps=200, interval=setup.steady_run.interval)
    drag = setup.build().run_to_steady(steady_run=criterion).value
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["drag_coefficient"] == pytest.approx(drag, rel=1e-9)
    assert validate_stage(tmp_path / "out" / "ball_results.usda") == []
    stage = open_stage(tmp_path / "out" / "ball_results.usda")
    body = stage.GetPrimAtPath("/World/Body")
    values = {name: np.array(UsdGeom.PrimvarsAPI(body).GetPrimvar(name).Get()) for name in ("pressure", "shear")}
    assert values["pressure"].min() < -0.2 < 0.5 < values["pressure"].max()  # Suction and stagnation, rho u^2 / 2 = 1 / 2.
    assert np.linalg.norm(values["shear"], axis=1).max() > 0.1


def test_a_restarted_flow_is_nearly_at_rest_at_once(in_process, tmp_path, device):
    """Over its own folder: the drag after 40 steps is nearer that after 300 than from the inflow."""
    scene = scene_of(tmp_path / "ball.usda", {"Body": BALL})
    drag = {}
    for name, more in (
        ("settled", ("--max-steps", 300)), ("fresh", ("--max-steps", 40)),
        ("again", ("--max-steps", 40, "--output", "settled", "--restart", "settled", "--overwrite")),
    ):
        code, _, err = in_process("run", scene, *SMALL, "--reynolds", 30, "--device", device, "--output", name, *more)
        assert code == 0, err
        folder = tmp_path / ("settled" if name == "again" else name)
        drag[name] = json.loads((folder / "summary.json").read_text())["drag_coefficient"]
    assert abs(drag["again"] / drag["settled"] - 1.0) < 0.3 * abs(drag["fresh"] / drag["settled"] - 1.0)
    code, _, err = in_process("run", scene, *SMALL, "--device", device, "--output", "new", "--restart", tmp_path / "none")
    assert code == 2
    assert "velocity.nvdb" in err
    assert not (tmp_path / "new").exists()


def test_a_scene_of_any_name_has_results_that_a_viewer_opens(in_process, tmp_path, device):
    scene = scene_of(tmp_path / "2024 car (1).usda", {"Body": BALL})
    code, _, err = in_process("run", scene, *SMALL, "--max-steps", 40, "--device", device, "--draw", "surface=pressure")
    assert code == 0, err
    path = tmp_path / "results" / "2024_car_1_" / "2024_car_1__results.usda"
    assert open_stage(path).GetPrimAtPath("/World/Body").IsA("Mesh")
    assert validate_stage(path) == []


UNMEASURED = """from dataclasses import dataclass
from sparselbm.models.collision import BGK, Collision

@dataclass(frozen=True)
class Unmeasured(Collision):
    def collide(self, lattice, f, viscosity, force):
        return BGK().collide(lattice, f, viscosity, force)
"""


def test_a_flow_that_blows_up_fails_with_step_and_place(in_process, tmp_path, device):
    """A collision of the user's own, whose limit is not known, so that the run is not refused before it begins."""
    scene = scene_of(tmp_path / "ball.usda", {"Body": BALL})
    (tmp_path / "mine.py").write_text(UNMEASURED)
    wild = ("--reynolds", 40_000, "--lattice-velocity", 0.17, "--collision", f"{tmp_path / 'mine.py'}:Unmeasured")
    code, _, err = in_process("run", scene, *SMALL, *wild, "--device", device)
    assert code == 1
    assert "blown up by step" in err
    assert "cell (" in err
    assert "Traceback" not in err


VARIANTS = """#usda 1.0
(
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "Car" (
    variants = {
        string size = "small"
    }
    prepend variantSets = "size"
)
{
    variantSet "size" = {
        "long" {
            def Cube "Body" {
                double size = 1
                double3 xformOp:scale = (2, 1, 1)
                uniform token[] xformOpOrder = ["xformOp:scale"]
            }
        }
        "small" {
            def Cube "Body" {
                double size = 1
            }
        }
    }
}
"""


def test_a_sweep_runs_every_variant_and_tabulates_drag(in_process, tmp_path, device):
    scene = tmp_path / "car.usda"
    scene.write_text(VARIANTS)
    code, out, err = in_process(
        "run", scene, *SMALL, "--max-steps", 40, "--device", device, "--sweep", "/Car:size",
        "--draw", "glyphs=z", "--draw", "streamlines=2",
    )
    assert code == 0, err
    found = json.loads((tmp_path / "results" / "car" / "sweep.json").read_text())
    assert list(found["summaries"]) == ["size=long", "size=small"]
    # The box of the longer one for both; by itself the smaller one has 32 x 32 x 32 cells.
    assert "in one box: (-2, -1.92, -1.92) to (2.8, 1.92, 1.92) m, 40 x 32 x 32 cells of 0.12 m" in out
    assert {summary["cells"] for summary in found["summaries"].values()} == {40 * 32 * 32}
    for name in ("long", "small"):
        summary, folder = found["summaries"][f"size={name}"], tmp_path / "results" / "car" / f"size={name}"
        assert json.loads((folder / "summary.json").read_text()) == summary
        body = Scene.open(folder / "car_results.usda").body("/Car")
        assert body.mesh.volume == pytest.approx({"long": 2.0, "small": 1.0}[name], rel=1e-6)
        assert f"{summary['drag_force']:.5g} N" in out
        stage = open_stage(folder / "car_results.usda")
        drawn = [group.GetName() for group in stage.GetPrimAtPath("/Car/Results").GetChildren() if group.GetTypeName() == "Scope"]
        assert sorted(drawn) == ["Glyphs", "Looks", "Streamlines"], "what was asked for, and nothing else"
    code, out, err = in_process("view", tmp_path / "results" / "car" / "size=long", "--output", tmp_path / "page")
    assert code == 0, err
    assert f"{tmp_path / 'page' / 'index.html'}" in out
    assert "/Car/Results/Streamlines/flow" in (tmp_path / "page" / "data.js").read_text()
    assert len({summary["drag_coefficient"] for summary in found["summaries"].values()}) == 2
    assert scene.read_text() == VARIANTS


def test_a_page_of_no_results_is_refused(in_process, tmp_path):
    code, _, err = in_process("view", tmp_path)
    assert code == 2
    assert "0 stages *_results.usda" in err

"""`inspect` reports the set-up that would be run."""

import json
import re

import numpy as np
import pytest
from cli_cases import ROOT, call, instanced_scene, scene_of

from sparselbm.estimate.bandwidth import Bandwidth
from sparselbm.flows import WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.usd import Scene


def test_the_numbers_are_those_of_the_set_up_and_of_the_units(in_process, tmp_path):
    scene = ROOT / "assets" / "bunny_tunnel.usda"
    code, out, _ = in_process("inspect", scene, "--voxel-size", "0.08", "--json", "what.json")
    found = json.loads((tmp_path / "what.json").read_text())
    setup = WindTunnel(voxel_size=0.08).in_scene(Scene.open(scene))
    assert code == 0
    assert found["cells"] == setup.cells == 88 * 48 * 56
    assert found["tiles"] * 512 == setup.cells
    assert found["cells_across"] == pytest.approx(1.0037 / 0.08, rel=1e-3)
    assert found["time_step"] == pytest.approx(0.08 * 0.08)  # dx u_lattice / u
    assert found["mach"] == pytest.approx(0.08 * 3**0.5)
    assert found["relaxation_time"] == pytest.approx(0.5 + 3 * 0.08 * found["cells_across"] / 60)
    assert found["memory_bytes"] >= 2 * 19 * 4 * setup.cells
    assert found["gradient_memory_bytes"] - found["memory_bytes"] == 2 * 19 * 4 * setup.cells
    assert found["expected_mlups"] == pytest.approx(0.5 * found["copy_gbs"] * 1e3 / 152)
    steps = found["expected_run_seconds"] * found["expected_mlups"] * 1e6 / setup.cells
    assert steps == pytest.approx(1.6 * 88 / 0.08)
    for text in ("236,544", "462 tiles", "0.139", "0.5502", "MLUPS", "watertight"):
        assert text in out


def test_volumes_centres_and_reasons_of_several_bodies(in_process, tmp_path):
    code, _, err = in_process("inspect", ROOT / "assets" / "awkward_meshes.usda", "--json", "what.json")
    found = json.loads((tmp_path / "what.json").read_text())
    prims = {each["path"]: each for each in found["prims"]}
    assert code == 0
    assert prims["/World/Concave"]["volume"] == pytest.approx(3.0)
    assert prims["/World/Concave"]["centre"] == pytest.approx([5 / 6, 5 / 6, 0.5])
    assert prims["/World/LeftHandedMirrored"]["volume"] == pytest.approx(8.0)
    reasons = {each["path"]: each["reason"] for each in found["skipped"]}
    assert "invisible" in reasons["/World/Hidden"]
    assert "guide" in reasons["/World/Guide"]
    assert "--obstacle" in err


def test_an_instanced_body_in_centimetres_is_told_in_metres(in_process, tmp_path):
    code, _, _ = in_process(
        "inspect", instanced_scene(tmp_path / "s.usda"), "--obstacle", "/World/Body", "--json", "w.json"
    )
    found = json.loads((tmp_path / "w.json").read_text())
    ball = TriangleMesh.sphere(0.1, subdivisions=3)
    assert code == 0
    assert [each["volume"] for each in found["prims"]] == pytest.approx([0.7 * ball.volume], rel=1e-5)
    assert found["prims"][0]["centre"] == pytest.approx([3.0, -0.4, 0.7], abs=1e-6)
    assert found["length"] == pytest.approx(0.2, rel=1e-3)


def test_a_shell_starts_it_without_writing_anything(tmp_path):
    path = scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})
    code, out, _ = call("inspect", path, "--device", "cpu", cwd=tmp_path)
    assert code == 0
    assert "16.0 cells" in out
    assert [each.name for each in tmp_path.iterdir()] == ["ball.usda"]


def test_duration_grows_with_the_fourth_power_of_the_resolution():
    meshes = {"body": TriangleMesh.sphere(0.5, subdivisions=2)}
    setups = [WindTunnel(voxel_size=1.0 / n).around(meshes, "body") for n in (16, 32)]
    coarse, fine = (setup.estimate(Bandwidth(copy_gbs=30.4)) for setup in setups)
    assert coarse.mlups == pytest.approx(100.0)
    assert coarse.memory == setups[0].memory < coarse.gradient_memory
    assert fine.run_seconds / coarse.run_seconds == pytest.approx(16.0)
    assert fine.optimisation_seconds(9) / coarse.optimisation_seconds(9) == pytest.approx(16.0)


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
        "large" {
            def Cube "Body" {
                double size = 2
            }
        }
        "small" {
            def Cube "Body" {
                double size = 1
                double size.timeSamples = { 1: 1, 5: 3 }
            }
        }
    }
}
"""


def test_a_variant_and_a_time_are_chosen_and_the_scene_stays_byte_for_byte(in_process, tmp_path):
    scene = tmp_path / "car.usda"
    scene.write_text(VARIANTS)
    for options, volume in (
        ([], 1.0),
        (["--variant", "/Car:size=large"], 8.0),
        (["--time", "5"], 27.0),
        (["--local-files-only", "--subdivision-levels", "2"], 1.0),
    ):
        code, _, _ = in_process("inspect", scene, "--json", "what.json", *options)
        assert code == 0
        (prim,) = json.loads((tmp_path / "what.json").read_text())["prims"]
        assert prim["volume"] == pytest.approx(volume)
        assert prim["area"] == pytest.approx(6 * volume ** (2 / 3))
    code, _, err = in_process("inspect", scene, "--variant", "/Car:size=huge")
    assert code == 2
    assert "no variant 'huge'; use one of " in err
    assert scene.read_text() == VARIANTS


def test_an_open_surface_is_doubtful(in_process, tmp_path):
    ball = TriangleMesh.sphere(0.5, subdivisions=2)
    path = scene_of(tmp_path / "open.usda", {"Body": TriangleMesh(ball.points, ball.faces[1:])})
    code, _, err = in_process("inspect", path, "--json", "what.json")
    assert code == 0
    assert "Warning: /World/Body: it is open along 3 edges" in err
    found = json.loads((tmp_path / "what.json").read_text())
    assert any("/World/Body: it is open along 3 edges" in doubt for doubt in found["doubts"])


def test_of_what_the_flow_passes_through_nothing_is_doubtful(in_process, tmp_path):
    ball = TriangleMesh.sphere(0.5, subdivisions=2)
    ground = TriangleMesh.box((-3.0, -3.0, -1.0), (3.0, 3.0, -0.99))
    path = scene_of(tmp_path / "road.usda", {"Body": ball, "Ground": TriangleMesh(ground.points, ground.faces[1:])})
    code, _, err = in_process("inspect", path, "--obstacle", "/World/Body", "--margins", "4,4,2")
    assert code == 0, err
    assert "Warning: /World/Ground: it is open along 3 edges" in err
    code, _, err = in_process("inspect", path, "--obstacle", "/World/Body", "--ignore", "/World/Ground")
    assert code == 0, err
    assert "/World/Ground" not in err


def test_a_body_that_crosses_itself_and_is_thin_is_doubtful(in_process, tmp_path):
    """Two plates of a third of a cell through each other, as one mesh."""
    plates = [TriangleMesh.box((-0.5, -0.01, -0.5), (0.5, 0.01, 0.5)), TriangleMesh.box((-0.01, -0.5, -0.4), (0.01, 0.5, 0.4))]
    cross = TriangleMesh(
        np.concatenate([each.points for each in plates]),
        np.concatenate([each.faces + 8 * k for k, each in enumerate(plates)]),
    )
    path = scene_of(tmp_path / "cross.usda", {"Body": cross})
    code, _, err = in_process("inspect", path)
    assert code == 0
    assert "Warning: /World/Body: it intersects itself in 12 of 24 faces" in err
    assert re.search(r"/World/Body: 9\d% of its surface has less than 2 cells \(0.125 m\) of solid behind it", err)
    assert "--wall interpolated" in err
    code, _, err = in_process("inspect", path, "--wall", "interpolated")
    assert code == 0
    assert "solid behind it" not in err, "links see both sides of a thin wall"

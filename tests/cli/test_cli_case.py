"""init, inspect, run, gradcheck and optimize of a case give what options give, and leave the scene as it was."""

import json

import pytest
from case_settings import with_settings
from cli_cases import scene_of

from sparselbm.case import CaseDesign, CaseObjective, CaseOutput, CaseSolver
from sparselbm.case.parts import PARTS
from sparselbm.cli.settings import FLOW, RUN, settings_of
from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import Scene

PLACE = ("--voxel-size", "0.12", "--margins", "0.5,1,0.4", "--reynolds", "30", "--velocity", "2")
SMALL = (*PLACE, "--max-steps", "40")
STUDY = ("--ffd", "3,3,3", "--iterations", "1", "--no-grid-check", "--no-cross-check")
CHANGES = {
    "domain:voxelSize": 0.12, "domain:upstream": 0.5, "domain:downstream": 1.0, "domain:side": 0.4, "fluid:reynolds": 30.0,
    "solver:maxSteps": 40, "stream:velocity": (2.0, 0.0, 0.0), "design:controlPoints": (3, 3, 3), "objective:iterations": 1,
    "objective:gridCheck": False, "objective:crossCheck": False, "output:folder": "found",
}
WIND = {"boundary:xMin:kind": "inlet", "boundary:xMin:velocity": (1.0, 0.0, 0.0), "boundary:xMax:kind": "outlet"}


@pytest.fixture
def scene(tmp_path):
    return scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})


def summary(folder):
    found = json.loads((folder / "summary.json").read_text())
    return {name: value for name, value in found.items() if name not in ("seconds", "run")}


def test_a_case_gives_the_numbers_of_the_options_and_spares_the_scene(in_process, tmp_path, scene, device):
    before, case = scene.read_bytes(), tmp_path / "ball_case.usda"

    def done(*arguments):
        code, out, err = in_process(*arguments)
        assert code == 0, err
        assert scene.read_bytes() == before
        return out

    assert "ball_case.usda" in done("init", scene)
    with_settings(case, CHANGES)
    written = case.read_bytes()
    assert validate_stage(case) == []
    for file, more in ((scene, PLACE), (case, ())):
        done("inspect", file, *more, "--device", device, "--json", f"{file.stem}.json")
    seen = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("ball", "ball_case")]
    for name in ("tunnel", "shape", "viscosity", "time_step", "relaxation_time", "frontal_area", "obstacle"):
        assert seen[0][name] == seen[1][name], name

    done("run", scene, *SMALL, "--device", device, "--output", "run_options")
    done("run", case, "--device", device)
    assert summary(tmp_path / "found") == summary(tmp_path / "run_options")
    done("optimize", scene, *SMALL, *STUDY, "--device", device, "--output", "optimised")
    done("optimize", case, "--device", device)
    found = tmp_path / "found_optimize"
    assert summary(found) == summary(tmp_path / "optimised")
    assert validate_stage(found / "ball_case_results.usda") == []
    done("export", found, "--to", "vdb,nvdb,vti,glb,usdz,csv,json")
    done("view", found)
    in_process("gradcheck", case, "--steps", 0, "--directions", 1, "--samples", 0, "--device", device)
    checked = json.loads((tmp_path / "found_gradcheck" / "gradcheck.json").read_text())
    assert not checked["passed"]  # 40 steps are too few.
    assert (scene.read_bytes(), case.read_bytes()) == (before, written)


def test_options_come_before_what_a_case_says(in_process, tmp_path, scene, device):
    in_process("init", scene)
    with_settings(tmp_path / "ball_case.usda", {**WIND, "fluid:viscosity": 0.1})
    more = ("--reynolds", 40, "--velocity", 3, "--device", device)
    code, _, err = in_process("inspect", "ball_case.usda", *more, "--json", "w.json")
    found = json.loads((tmp_path / "w.json").read_text())
    assert code == 0, err
    assert found["reynolds"] == 40.0
    assert found["viscosity"] == pytest.approx(3.0 * found["length"] / 40.0)
    turned = ("--flow-axis", "-y", "--viscosity", 0.05, "--reynolds", 40, "--device", device)
    code, text, err = in_process("inspect", "ball_case.usda", *turned, "--json", "t.json")
    found = json.loads((tmp_path / "t.json").read_text())
    assert code == 0, err
    assert "free stream along -y" in text
    assert (found["viscosity"], found["reynolds"]) == pytest.approx((0.05, 40.0))
    with_settings(tmp_path / "ball_case.usda", {"boundary:zMin:kind": "wall"})
    code, _, err = in_process("inspect", "ball_case.usda", "--flow-axis", "y")
    assert code == 2
    assert "/Case: sparselbm:boundary:zMin:kind is wall" in err


def test_the_obstacle_of_an_option_takes_over_the_role_and_the_design(in_process, tmp_path, scene, device):
    """The case names /World, and the option a prim below it."""
    assert in_process("init", scene, "--obstacle", "/World")[0] == 0
    more = ("--obstacle", "/World/Body", "--device", device)
    code, _, err = in_process("inspect", "ball_case.usda", *more, "--json", "w.json")
    assert code == 0, err
    assert json.loads((tmp_path / "w.json").read_text())["obstacle"] == "/World/Body"
    code, _, err = in_process("optimize", "ball_case.usda", *more, "--max-displacement", -1)
    assert code == 2
    assert "--max-displacement is -1" in err


def test_a_wrong_case_is_refused_by_every_command_before_anything_is_written(in_process, tmp_path, scene):
    in_process("init", scene)
    with_settings(tmp_path / "ball_case.usda", {"boundary:xMin:kind": "inflow"})
    for name in ("inspect", "run", "optimize", "gradcheck"):
        code, _, err = in_process(name, "ball_case.usda")
        assert code == 2
        for part in ("/Case: sparselbm:boundary:xMin:kind", "'inflow'", "inlet, outlet, wall, movingWall, slip, symmetry"):
            assert part in err
    assert not (tmp_path / "results").exists()


def test_a_case_for_a_mesh_file_is_toml(in_process, tmp_path, device):
    import trimesh

    trimesh.creation.icosphere(subdivisions=2, radius=0.5).export(tmp_path / "ball.stl")
    code, out, err = in_process("init", "ball.stl")
    assert code == 0, err
    assert "ball_case.toml" in out
    code, out, err = in_process("inspect", "ball_case.toml", "--device", device)
    assert code == 0, err
    assert "16.0 cells" in out


def test_a_mesh_file_in_millimetres_is_read_in_metres_by_an_option_and_by_a_case(in_process, tmp_path, device):
    import trimesh

    trimesh.creation.icosphere(subdivisions=2, radius=500.0).export(tmp_path / "ball.stl")
    in_metres = trimesh.load(tmp_path / "ball.stl").bounds / 1000.0

    def bounds_of(file, *more):
        code, _, err = in_process("inspect", file, *more, "--device", device, "--json", "w.json")
        assert code == 0, err
        return json.loads((tmp_path / "w.json").read_text())["prims"][0]["bounds"], err

    found, err = bounds_of("ball.stl")
    assert "metres are assumed (--metres-per-unit)" in err
    assert found == pytest.approx(1000.0 * in_metres, rel=1e-6)
    code, _, err = in_process("inspect", "ball.stl", "--voxel-size", "0.1")
    assert code == 2
    assert "/ball_stl is 1000 x 1000 x 1000 m: if this size is wrong, set the unit of its file (--metres-per-unit)" in err
    assert bounds_of("ball.stl", "--metres-per-unit", 0.001)[0] == pytest.approx(in_metres, rel=1e-6)
    assert in_process("init", "ball.stl", "--metres-per-unit", 0.001)[0] == 0
    assert bounds_of("ball_case.toml")[0] == pytest.approx(in_metres, rel=1e-6)
    code, _, err = in_process("run", "ball_case.toml", "--voxel-size", 0.12, "--margins", "1,1,1", "--max-steps", 10)
    assert code == 0, err
    stage = next((tmp_path / "results" / "ball_case").glob("*_results.usda"))
    written = Scene.open(stage).bodies[0]
    assert written.mesh.bounds == pytest.approx(in_metres, rel=1e-5)


def test_a_stage_says_its_own_unit(in_process, tmp_path, scene):
    code, _, err = in_process("inspect", scene, "--metres-per-unit", 0.01)
    assert code == 2
    assert "metresPerUnit is 0.01, but ball.usda is a USD stage, which stores its own unit" in err


def test_help_gives_the_docs_and_fallbacks_of_the_schemas(in_process):
    _, text, _ = in_process("optimize", "--help")
    said = " ".join(text.replace("│", " ").split())
    for words in (
        "Cell size [m], for an image the edge of a voxel. Not set: L / 16,", "Density [kg/m3]. Default: 1.0.",
        "Maximum number of iterations of the optimiser. Default: 10.",
        "wall model of the optimisation shows is rejected. Default: yes.",
    ):
        assert words in said


def test_every_setting_of_one_instance_is_an_option_of_the_commands_that_it_concerns(in_process):
    """A new setting needs no change of the commands; only settings that say so have no option of their own."""
    derived = {part: [each.parameter for each in settings_of(part)] for part in PARTS}
    assert derived[CaseSolver] == [
        "lattice", "collision", "turbulence", "wall_function", "precision", "wall", "lattice_velocity",
        "tolerance", "until", "max_steps",
    ]
    names = [name for each in derived.values() for name in each]
    assert len(names) == len(set(names))
    shown = {name: in_process(name, "--help")[1] for name in ("inspect", "run", "gradcheck", "optimize")}
    for part, parameters in derived.items():
        for parameter in parameters:
            for name, text in shown.items():
                is_shown = f"--{parameter.replace('_', '-')} " in text.replace("/--no", " ")
                own = {"inspect": RUN, "run": RUN, "optimize": (CaseDesign, CaseOutput), "gradcheck": (CaseDesign,)}
                concerns = part in (*FLOW, *own[name])
                if part is not CaseObjective and (name, parameter) != ("gradcheck", "tolerance"):
                    assert is_shown == concerns, (name, parameter)
    assert "--flow-tolerance" in shown["gradcheck"]
    assert all(f"--{each}" in shown["optimize"] for each in ("objective", "iterations", "seconds", "grid-check", "cross-check"))

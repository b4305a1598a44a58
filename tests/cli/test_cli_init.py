"""`init` writes what its options and its answers say, and asks only for what is needed and was not given."""

import io

import numpy as np
import pytest
import trimesh
from cli_cases import scene_of

from sparselbm.case import Case, CaseFluid, CaseOpening, CaseStream
from sparselbm.cli.ask import Questions
from sparselbm.files.bundled import bundled
from sparselbm.geometry import TriangleMesh


@pytest.fixture
def answered(in_process, monkeypatch):
    """Runs `init` on a terminal where these lines are typed; exit code, output and errors."""

    def run(lines, *arguments):
        monkeypatch.setattr(Questions, "are_possible", staticmethod(lambda: True))
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return in_process("init", *arguments)

    return run


def ball(path, radius=500.0):
    trimesh.creation.icosphere(subdivisions=2, radius=radius).export(path)
    return path


def tube(path):
    """A straight tube of 10 mm radius along x, open at its ends, in millimetres."""
    pipe = trimesh.creation.cylinder(radius=10.0, height=80.0, sections=24)
    pipe.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2.0, (0.0, 1.0, 0.0)))
    pipe.update_faces(np.abs(pipe.face_normals[:, 0]) < 0.5)
    pipe.export(path)
    return path


def test_options_are_the_settings_of_the_case(in_process, tmp_path):
    ball(tmp_path / "car.stl")
    options = ("--metres-per-unit", 0.001, "--velocity", 30, "--viscosity", "1.5e-5", "--road", "--margins", "2,4,1")
    code, out, err = in_process("init", "car.stl", *options)
    assert code == 0, err
    assert "car_case.toml" in out
    case = Case.open(tmp_path / "car_case.toml")
    assert (case.scene.metres_per_unit, case.domain.side) == (0.001, 1.0)
    assert case.fluid == CaseFluid(viscosity=1.5e-5)
    assert case.stream == CaseStream(velocity=(30.0, 0.0, 0.0), road=True)
    live = [line for line in (tmp_path / "car_case.toml").read_text().splitlines() if line and not line.startswith(("#", "["))]
    assert live == [
        'file = "./car.stl"', "metresPerUnit = 0.001", 'role = "design"', "side = 1.0", "viscosity = 1.5e-05",
        "velocity = [30.0, 0.0, 0.0]", "road = true",
    ]


@pytest.mark.parametrize("name", ["car_case.toml", "scene_case.usda"])
def test_a_file_with_a_case_in_it_is_refused(in_process, tmp_path, name):
    ball(tmp_path / "car.stl")
    scene_of(tmp_path / "scene.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=1)})
    assert in_process("init", {"car_case.toml": "car.stl"}.get(name, "scene.usda"))[0] == 0
    code, _, err = in_process("init", name)
    assert code == 2
    assert f"{name} contains the settings of a case already" in err
    assert "edit them there, or run it as it is, with options for other values" in err


def test_answers_are_those_of_the_options(answered, tmp_path):
    spheres = {f"Part{k}": TriangleMesh.sphere(0.5 + 0.1 * k, centre=(3.0 * k, 0.0, 0.0), subdivisions=1) for k in range(22)}
    scene_of(tmp_path / "scene.usda", spheres)
    code, out, err = answered(["21", "2", "1", "30"], "scene.usda")  # There is no body 21 in the list.
    assert code == 0, err
    assert "(the first 20 of 22; others by --obstacle)" in out
    assert "Please select one of the available options" in out
    case = Case.open(tmp_path / "scene_case.usda")
    assert case.design_obstacle == "/World/Part1"
    assert case.fluid == CaseFluid(density=1.204, viscosity=1.516e-5)
    assert case.stream.velocity == (30.0, 0.0, 0.0)


@pytest.mark.parametrize(("lines", "options", "fluid", "speed"), [
    (["3", "3", "-1", "100", "2"], [], CaseFluid(reynolds=100.0), 2.0),
    (["3", "2", "0.5"], [], CaseFluid(density=998.2, viscosity=1.004e-6), 0.5),
    ([], [], CaseFluid(reynolds=60.0), 1.0),
    (["2"], ["--metres-per-unit", 0.001, "--reynolds", 80], CaseFluid(reynolds=80.0), 2.0),
])
def test_given_settings_are_not_asked_for_and_defaults_end_the_input(answered, tmp_path, lines, options, fluid, speed):
    """A file without a unit that would be 1 km in metres is in millimetres by default."""
    ball(tmp_path / "ball.stl")
    code, out, err = answered(lines, "ball.stl", *options)
    assert code == 0, err
    assert ("3  millimetres: the scene is 1 x 1 x 1 m" in out) == (not options)
    assert ("Please enter a number above 0" in out) == ("-1" in lines)
    case = Case.open(tmp_path / "ball_case.toml")
    assert (case.scene.metres_per_unit, case.fluid, case.stream.velocity) == (0.001, fluid, (speed, 0.0, 0.0))


def test_the_case_of_a_scene_of_the_package_is_written_to_the_working_directory(in_process, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert in_process("init", "bunny_tunnel.usda")[0] == 0
    assert Case.open(tmp_path / "bunny_tunnel_case.usda").design_obstacle == "/World/Bunny/bunny"
    assert not bundled("bunny_tunnel.usda").with_name("bunny_tunnel_case.usda").exists()


def test_nothing_is_asked_without_a_terminal_or_on_request(answered, in_process, tmp_path):
    ball(tmp_path / "ball.stl")
    for run in (lambda *a: answered(["x"] * 9, *a), lambda *a: in_process("init", *a)):
        code, out, err = run("ball.stl", "--no-questions", "--overwrite")
        assert code == 0, err
        assert "Which" not in out


def test_a_vessel_gets_the_case_of_its_openings(answered, in_process, tmp_path):
    tube(tmp_path / "tube.stl")
    code, out, err = answered(["3", "2", "2", "2", "1", "0.2"], "tube.stl", "--voxel-size", 0.002)
    assert code == 0, err
    assert "opening 2  centre (" in out
    case = Case.open(tmp_path / "tube_case.usda")
    assert case.surface == "/Vessel/Wall"
    assert case.opening == {
        "/Vessel/Opening2": CaseOpening(kind="inlet", velocity=0.2), "/Vessel/Opening1": CaseOpening(kind="outlet"),
    }
    assert (case.fluid.density, case.domain.voxel_size) == (998.2, 0.002)
    same = ("--metres-per-unit", 0.001, "--inlet", 2, "--velocity", 0.2, "--output", "c.usda")
    assert in_process("caps", "tube.stl", *same)[0] == 0
    by_caps = Case.open(tmp_path / "c.usda")
    assert (by_caps.opening, by_caps.surface) == (case.opening, case.surface)
    code, _, err = answered(["2"], "tube.stl", "--metres-per-unit", 0.001, "--yaw", 5, "--reynolds", 10, "--overwrite")
    assert code == 2
    assert "--yaw: the fluid volume tube.stl has no box" in err


def test_around_is_the_default_of_a_surface_with_openings_and_a_cube_is_not_a_vessel(answered, tmp_path):
    tube(tmp_path / "tube.stl")
    code, out, err = answered([], "tube.stl")
    assert code == 0, err
    assert "inside it, through its 2 openings" in out
    assert Case.open(tmp_path / "tube_case.toml").design_obstacle == "/tube_stl"
    trimesh.creation.box((1.0, 1.0, 1.0)).export(tmp_path / "cube.stl")
    assert "inside" not in answered([], "cube.stl")[1]

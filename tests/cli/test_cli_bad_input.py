"""Bad input is refused before the long work: exit code 2, and a message with value, limit and remedy."""

import numpy as np
import pytest
from cli_cases import call, scene_of

from sparselbm.geometry import TriangleMesh

BALL = TriangleMesh.sphere(0.5, subdivisions=2)


class Broken:
    """Mesh that TriangleMesh refuses."""

    def __init__(self, points, faces):
        self.points, self.faces = np.asarray(points, dtype=float), np.asarray(faces, dtype=int).reshape(-1, 3)


def ball_at(x, y=0.0, radius=0.1):
    return TriangleMesh.sphere(radius, (x, y, 0.0), subdivisions=1)


SCENES = {
    "ball": {"Body": BALL},
    "two": {"Body": BALL, "Other": ball_at(2.0)},
    "across_inlet": {"Body": BALL, "Plate": TriangleMesh.box((-3.0, -10.0, -10.0), (-2.4, 10.0, 10.0))},
    "nan": {"Body": Broken([[0, 0, 0], [1, 0, 0], [0, np.nan, 1]], [0, 1, 2])},
    "empty": {"Body": Broken(np.zeros((0, 3)), [])},
    "flat": {"Body": Broken([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [0, 1, 2])},
    "none": {},
    "edge_on": {"Body": Broken([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [0, 1, 2])},
    "open": {"Body": TriangleMesh(BALL.points, BALL.faces[:-20])},
}
CASES = [
    ("run", "ball", ["--obstacle", "/World/Bodi"], ["/World/Bodi", "no such prim", "did you mean", "/World/Body"]),
    ("run", "two", [], ["2 bodies", "--obstacle", "/World/Body", "/World/Other"]),
    ("run", "two", ["--obstacle", "/World/Body", "--ignore", "/World/Nil"], ["/World/Nil", "no such prim"]),
    ("inspect", "ball", ["--ignore", "/World/Body"], ["no body in the flow: its drag", "add one to the scene"]),
    (
        "run",
        "across_inlet",
        ["--obstacle", "/World/Body"],
        ["/World/Plate close the whole inlet", "a part has to be open", "--ignore"],
    ),
    ("run", "ball", ["--output", "ball.usda/out"], ["ball.usda/out cannot be created (Not a directory)", "another folder"]),
    ("init", "ball", ["--output", "none/case.usda"], ["the folder none of case.usda does not exist"]),
    ("inspect", "ball", ["--json", "none/what.json"], ["Error: none/what.json: No such file or directory"]),
    ("export", "none", ["--to", "csv"], ["none.usda: no such folder; use the folder that"]),
    ("run", "nan", [], ["/World/Body", "point 2 of 3", "nan", "repair"]),
    ("run", "empty", [], ["no mesh or gprim to read", "it has no faces"]),
    ("run", "flat", [], ["no mesh or gprim to read", "no area"]),
    ("inspect", "none", [], ["no mesh or gprim to read", "add"]),
    ("run", "ball", ["--voxel-size", "0.2"], ["5 cells", "limit of 8", "at most 0.0825 m"]),
    ("run", "ball", ["--voxel-size", "2", "--reynolds", "3000"], ["0.5 cells", "limit of 8", "at most 0.0825 m"]),
    ("run", "edge_on", ["--wall", "interpolated"], ["silhouette of /World/Body along +x is 0 m^2", "--reference-area"]),
    ("run", "ball", ["--reference-length", "0"], ["--reference-length is 0", "above 0"]),
    ("run", "ball", ["--voxel-size", "-1"], ["--voxel-size is -1", "above 0"]),
    ("run", "ball", ["--voxel-size", "nan"], ["--voxel-size is nan", "a finite number"]),
    ("run", "ball", ["--reynolds", "1e7"], ["u / nu is 6.25e+05 per cell", "limit of 300", "lower Reynolds"]),
    ("run", "ball", ["--reynolds", "0.01"], ["tau is", "above 5", "larger voxels"]),
    ("run", "ball", ["--reynolds", "0"], ["--reynolds is 0", "above 0"]),
    ("run", "ball", ["--lattice-velocity", "0.2"], ["Mach number is 0.346", "above 0.3", "at most"]),
    ("inspect", "ball", ["--voxel-size", "1e-4"], ["need", "GiB", "limit", "use a voxel size of at least"]),
    ("optimize", "ball", ["--voxel-size", "1e-4"], ["need", "GiB", "limit", "use a voxel size of at least"]),
    ("run", "ball", ["--margins", "0,4,1"], ["upstream is 0.0", "above 0"]),
    ("run", "ball", ["--margins", "0.01,4,1"], ["/World/Body", "from the inlet", "enlarge upstream"]),
    ("optimize", "ball", ["--design-op", "/World/Body=3"], ["/World/Body=3", "PRIM.OP=CHANGE", "rotateY=20"]),
    ("optimize", "ball", ["--design-op", "/World/Body.xformOp:rotateY=20"], ["/World/Body", "no op xformOp:rotateY", "none"]),
    ("run", "ball", ["--margins", "2,4"], ["'2,4'", "three numbers"]),
    ("run", "ball", ["--flow-axis", "w"], ["'w'", "x, y or z"]),
    ("optimize", "ball", ["--ffd", "4,x,4"], ["'4,x,4'", "three numbers"]),
    ("run", "ball", ["--device", "cuda:9"], ["cuda:9", "choose one of cpu"]),
    ("run", "ball", ["--max-steps", "0"], ["--max-steps is 0", "above 0"]),
    ("optimize", "ball", ["--rigid", "--vertices", "0.1"], ["--rigid and --vertices", "choose 1"]),
    ("run", "ball", ["--reynolds", "20", "--viscosity", "0.1", "--velocity", "2"], ["--reynolds contradict", "give two of them"]),
    ("run", "ball", ["--velocity", "-2"], ["--velocity -2", "above 0", "--flow-axis"]),
    ("run", "ball", ["--yaw", "20", "--flow-axis", "z"], ["yaw is 20", "vertical axis z", "set both to 0"]),
    ("run", "ball", ["--angle-of-attack", "5", "--road"], ["crosses the road", "angle of attack to 0"]),
    ("run", "ball", ["--profile", "LogLawProfile()"], ["--profile", "reference_height"]),
    ("run", "ball", ["--wall", "fraction"], ["--wall is 'fraction'", "partiallySaturated, interpolated"]),
    ("optimize", "ball", ["--design", "vertices"], ["--design vertices", "--vertices METRES"]),
    ("optimize", "ball", ["--objective", "lift"], ["--objective is 'lift'", "drag", "FILE.py:ClassName"]),
    ("optimize", "ball", ["--ffd", "1,3,3"], ["(1, 3, 3)", "2 to 16"]),
    ("optimize", "ball", ["--max-displacement", "0"], ["--max-displacement is 0", "above 0"]),
    ("optimize", "ball", ["--iterations", "0"], ["--iterations is 0", "above 0"]),
    ("run", "ball", ["--draw", "clouds"], ["'clouds'", "choose one of surface, slice"]),
    ("run", "ball", ["--draw", "slice=w"], ["'slice=w'", "x, y or z"]),
    ("optimize", "ball", ["--draw", "tracers=2"], ["tracers takes no value"]),
    ("optimize", "open", [], ["closed mesh", "limit 1e-06", "--no-fixed-volume"]),
]


@pytest.mark.parametrize(("name", "scene", "options", "parts"), CASES)
def test_refused_with_value_limit_and_remedy(in_process, tmp_path, name, scene, options, parts):
    path = scene_of(tmp_path / f"{scene}.usda", SCENES[scene])
    code, _, err = in_process(name, path, *options)
    assert code == 2
    assert all(part in err for part in parts), err
    assert not (tmp_path / "results").exists()


def test_a_missing_file_leaves_no_traceback_in_the_shell(tmp_path):
    code, out, err = call("run", "nothing.usda", cwd=tmp_path)
    assert code == 2
    assert "nothing.usda: no such file" in err
    assert "that comes with the package: ahmed_road.usda" in err.replace("\n", " ")
    assert "Traceback" not in out + err


def test_results_of_a_former_run_are_refused_without_overwrite(in_process, tmp_path):
    path = scene_of(tmp_path / "ball.usda", SCENES["ball"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "history.csv").write_text("precious")
    for name in ("run", "optimize"):
        code, _, err = in_process(name, path, "--output", tmp_path / "out")
        assert code == 2
        assert "already has 1 entries" in err
        assert "--overwrite" in err
    assert (tmp_path / "out" / "history.csv").read_text() == "precious"


def test_bad_input_spares_former_results_even_with_overwrite(in_process, tmp_path):
    path = scene_of(tmp_path / "ball.usda", SCENES["ball"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "history.csv").write_text("precious")
    code, _, _ = in_process("optimize", path, "--output", tmp_path / "out", "--overwrite", "--max-displacement", "-1")
    assert code == 2
    assert (tmp_path / "out" / "history.csv").read_text() == "precious"

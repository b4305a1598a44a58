"""Case b2: a target and 29 cubes behind it, as 30 prims or as two, are one flow. It was NaN by step 100."""

import json

import numpy as np
import pytest
from cli_cases import scene_of

from sparselbm.geometry import TriangleMesh

TARGET = TriangleMesh.box((-0.2, -0.2, -0.2), (0.2, 0.2, 0.2))
CUBES = [
    TriangleMesh.box(*(np.array([0.6 + 0.4 * (k % 5), -1.0 + 0.4 * (k // 5), 0.0]) + half for half in (-0.1, 0.1)))
    for k in range(29)
]
FLOW = ("--obstacle", "/World/Target", "--voxel-size", 0.05, "--reynolds", 20, "--margins", "1.5,6,2.5", "--max-steps", 104)


def joined(meshes) -> TriangleMesh:
    first = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    faces = [mesh.faces + k for mesh, k in zip(meshes, first, strict=False)]
    return TriangleMesh(np.concatenate([mesh.points for mesh in meshes]), np.concatenate(faces))


@pytest.mark.validate
def test_thirty_prims_are_the_same_cubes_as_one_mesh(in_process, tmp_path):
    scenes = {
        "prims": {"Target": TARGET, **{f"C{k:02d}": cube for k, cube in enumerate(CUBES)}},
        "merged": {"Target": TARGET, "Cubes": joined(CUBES)},
    }
    drag = {}
    for name, meshes in scenes.items():
        scene_of(tmp_path / f"{name}.usda", meshes)
        code, _, err = in_process("run", f"{name}.usda", *FLOW, "--draw", "surface=pressure", "--output", name)
        assert code == 0, err
        drag[name] = json.loads((tmp_path / name / "summary.json").read_text())["drag_coefficient"]
    assert np.isfinite(drag["prims"])
    assert drag["prims"] == pytest.approx(drag["merged"], rel=1e-6)


def test_a_city_is_counted_and_what_lies_outside_of_the_box_is_left_out(in_process, tmp_path):
    """A thousand houses, of which nine stand in the box around the one in the middle."""
    houses = "".join(
        f'def Cube "House{k}" {{\ndouble size = 1\ndouble3 xformOp:translate = ({4 * (k % 32)}, {4 * (k // 32)}, 0)\n'
        'uniform token[] xformOpOrder = ["xformOp:translate"]\n}\n' for k in range(1024)
    )
    (tmp_path / "city.usda").write_text(f'#usda 1.0\n( metersPerUnit = 1\n upAxis = "Z" )\ndef Xform "City" {{\n{houses}}}\n')
    given = ("city.usda", "--obstacle", "/City/House528", "--voxel-size", 0.1, "--margins", "4.2,4.2,4.2")
    code, out, err = in_process("inspect", *given, "--json", "seen.json")
    assert code == 0, err
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert len(seen["prims"]) == 9
    assert "1,015 bodies lie outside of the box and are left out: /City/House0" in err
    assert len(out.splitlines()) < 100
    code, out, err = in_process("inspect", "city.usda")
    assert code == 0, err
    assert "read      1,004 more bodies with 12,048 faces" in out
    assert len(out.splitlines()) < 120

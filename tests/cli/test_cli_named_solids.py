"""Files with several named solids and without a unit: solids as one body, solids left out, and the size that is assumed."""

import json
import struct

import numpy as np
import pytest
import trimesh

from sparselbm.case import Case
from sparselbm.errors import SceneError, WindTunnelError
from sparselbm.flows import WindTunnel
from sparselbm.results import ResultsWriter
from sparselbm.scene.usd import Scene

NAMES = ("inlet", "left", "floor", "roof", "right", "outlet")


def box_of_solids(path, size=(2.0, 1.0, 1.0)):
    """The six sides of a box as named solids of an ASCII STL, as surface files of OpenFOAM have them."""
    box = trimesh.creation.box(size)
    sides = np.unique(box.face_normals.round(), axis=0)
    with open(path, "w") as file:
        for name, side in zip(NAMES, sides, strict=True):
            file.write(f"solid {name}\n")
            for triangle in box.triangles[(box.face_normals.round() == side).all(axis=1)]:
                corners = "".join("vertex {} {} {}\n".format(*corner) for corner in triangle)
                file.write(f"facet normal {side[0]} {side[1]} {side[2]}\nouter loop\n{corners}endloop\nendfacet\n")
            file.write(f"endsolid {name}\n")
    return path


GROUPS = {
    "all": ("/", ()),
    "all but the floor": ("/", ("/floor",)),
    "two": ("/inlet,/left", ("/right", "/outlet", "roof", "floor")),
    "with spaces": ("inlet, right ,/roof", ()),
}


@pytest.fixture
def solids(tmp_path):
    return box_of_solids(tmp_path / "solids.stl")


def expected(group):
    obstacle, ignored = GROUPS[group]
    left_out = {name.strip("/") for name in ignored}
    chosen = set(NAMES) if obstacle == "/" else {name.strip(" /") for name in obstacle.split(",")}
    return chosen - left_out, set(NAMES) - chosen - left_out


def parts_of(body):
    return {part.path.strip("/") for part in body.parts}


def case_of(solids, group):
    """A case as TOML; names without a slash are those of its prims too."""
    obstacle, ignored = GROUPS[group]
    roles = [f'[obstacle."/{name.strip(" /")}"]\nrole = "design"\n' for name in obstacle.split(",")]
    roles += [f'[obstacle."/{name.strip("/")}"]\nrole = "ignored"\n' for name in ignored]
    path = solids.with_name("case.toml")
    path.write_text(f'[scene]\nfile = "{solids.name}"\n[domain]\nvoxelSize = 0.125\n' + "".join(roles))
    return path


@pytest.mark.parametrize("group", GROUPS)
def test_solids_can_be_one_body_and_be_left_out_in_python(solids, group):
    obstacle, ignored = GROUPS[group]
    scene = Scene.open(solids)
    setup = WindTunnel(voxel_size=0.125).in_scene(scene, obstacle, ignore=ignored)
    chosen, others = expected(group)
    assert {name.strip("/") for name in setup.bodies} - {setup.obstacle.strip("/")} == others
    assert len(setup.mesh.faces) == 2 * len(chosen)
    assert parts_of(scene.without(*ignored).body(setup.obstacle)) == chosen


@pytest.mark.parametrize("group", GROUPS)
def test_solids_can_be_one_body_and_be_left_out_in_a_case(solids, group):
    case = Case.open(case_of(solids, group))
    scene = case.read_scene()
    setup = case.setup(scene)
    chosen, others = expected(group)
    assert parts_of(scene.body(setup.obstacle)) == chosen
    assert {body.path.strip("/") for body in scene.bodies} - {setup.obstacle.strip("/")} == others
    assert len(setup.mesh.faces) == 2 * len(chosen)


@pytest.mark.parametrize("group", ["all", "two"])
def test_solids_can_be_one_body_and_be_left_out_on_the_command_line(in_process, solids, tmp_path, group):
    obstacle, ignored = GROUPS[group]
    left_out = [word for name in ignored for word in ("--ignore", name)]
    asked = ("inspect", solids, "--obstacle", obstacle, *left_out, "--voxel-size", "0.125", "--json", tmp_path / "found.json")
    code, _, warned = in_process(*asked)
    found = json.loads((tmp_path / "found.json").read_text())
    chosen, others = expected(group)
    assert code == 0
    assert {prim["path"].strip("/") for prim in found["prims"]} - {found["obstacle"].strip("/")} == others
    assert found["prims"][0]["faces"] == 2 * len(chosen)
    assert {note["path"].strip("/") for note in found["skipped"]} == {name.strip("/") for name in ignored}
    assert ("it is open" in warned) == (group != "all")


def test_several_solids_can_enclose_the_fluid(solids):
    """A duct whose sides are four solids, and whose ends are two others with openings."""
    walls = ("left", "right", "roof", "floor")
    path = solids.with_name("duct.toml")
    path.write_text(
        f'[scene]\nfile = "{solids.name}"\n[domain]\nvoxelSize = 0.0625\n'
        + "".join(f'[obstacle."/{name}"]\nrole = "fluidVolume"\n' for name in walls)
        + '[opening."/inlet"]\nkind = "inlet"\nvelocity = 0.1\n[opening."/outlet"]\nkind = "outlet"\npressure = 0\n'
    )
    case = Case.open(path)
    scene = case.read_scene()
    setup = case.setup(scene)
    assert setup.flow_rate == pytest.approx(0.1)
    assert parts_of(scene.body(setup.name)) == set(walls)
    assert setup.surface.volume == pytest.approx(2.0)


def test_one_body_of_all_solids_is_closed(solids):
    """Its solids are open each, and meet along their rims."""
    body = Scene.open(solids).body("/")
    assert body.mesh.volume == pytest.approx(2.0)
    setup = WindTunnel().in_scene(Scene.open(solids), "/")
    assert setup.frontal_area == pytest.approx(1.0)


def test_results_of_several_solids_need_the_same_scene(solids, tmp_path):
    scene = Scene.open(solids)
    setup = WindTunnel(voxel_size=0.125).in_scene(scene, "/", ignore=["/floor"])
    with pytest.raises(SceneError, match=r"points in the scene, but \d+ in the set-up.*without"):
        ResultsWriter(tmp_path / "out", scene, setup)
    ResultsWriter(tmp_path / "out", scene.without("/floor"), setup)


def test_a_name_that_is_no_solid_is_refused(solids):
    scene = Scene.open(solids)
    with pytest.raises(SceneError, match=r"/flor: no such prim .*did you mean /floor"):
        scene.body("roof,flor")
    with pytest.raises(SceneError, match="/flor: no such prim"):
        scene.without("flor")
    with pytest.raises(SceneError, match=r"nothing was read from this prim: /floor: it is left out"):
        scene.without("/floor").body("/floor")
    with pytest.raises(WindTunnelError, match=r"6 bodies and no obstacle specified.*separated by commas"):
        WindTunnel().in_scene(scene)


EMPTY = {
    "ascii.stl": b"solid empty\nendsolid empty\n", "binary.stl": bytes(80) + struct.pack("<I", 0),
    "points.obj": b"v 0 0 0\nv 1 0 0\n",
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_file_without_triangles_says_so(tmp_path, name):
    (tmp_path / name).write_bytes(EMPTY[name])
    with pytest.raises(SceneError, match=f"{name}: the file has no triangles"):
        Scene.open(tmp_path / name)


@pytest.mark.parametrize("suffix", ["stl", "obj", "ply"])
@pytest.mark.parametrize(("size", "improbable"), [(5e-4, True), (0.1, False), (4.6, False), (100.0, True)])
def test_an_assumed_unit_is_a_doubt_with_the_size(tmp_path, suffix, size, improbable):
    path = tmp_path / f"ball.{suffix}"
    trimesh.creation.box((size, size, size)).export(path)
    (doubt,) = Scene.open(path).report.doubtful
    assert f"metres are assumed (metres_per_unit), which gives {size:.4g} x {size:.4g} x {size:.4g} m" in doubt.reason
    assert ("improbable" in doubt.reason) == improbable
    assert ("0.001 for 0.1 x 0.1 x 0.1 m" in doubt.reason) == (size == 100.0)
    known = Scene.open(path, metres_per_unit=1.0)
    assert known.report.doubtful == ()
    assert known.report.used[0].size == pytest.approx((size, size, size))

"""Scenes are read with the volume, place and winding that they have by construction."""

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import Scene


def volume_centre(mesh):
    """Centre of the enclosed volume: the mean over the tetrahedra that the faces span with the origin."""
    corners = mesh.points[mesh.faces]
    weights = np.linalg.det(corners) / 6.0
    return weights @ corners.sum(axis=1) / 4.0 / weights.sum()


BODIES = {
    ("instanced_cm", "/World/Row/First/Cube"): (0.008, (1.0, 0.0, 0.5)),
    # Below a mirror (x -> -x) that stretches z by 2.
    ("instanced_cm", "/World/Row/Mirror/Second/Cube"): (0.016, (0.7, 0.0, 0.0)),
    ("instanced_cm", "/World/Row"): (0.024, (0.8, 0.0, 1 / 6)),
    ("point_instancer", "/World/Copies"): (25.0, ((4 * 16 + 8 * 3 + 16 * 5) / 25, 5.0, 0.0)),
    ("awkward_meshes", "/World/LeftHanded"): (8.0, (0.0, 0.0, 0.0)),
    ("awkward_meshes", "/World/Mirrored"): (8.0, (0.0, 0.0, 0.0)),
    ("awkward_meshes", "/World/LeftHandedMirrored"): (8.0, (0.0, 0.0, 0.0)),
    ("awkward_meshes", "/World/Concave"): (3.0, (5 / 6, 5 / 6, 0.5)),
    ("awkward_meshes", "/World/Comb"): (26.0, (3.5, 31 / 26, 1.0)),
}


@pytest.mark.parametrize(("name", "path"), BODIES)
def test_volume_and_centre_are_exact(assets, name, path):
    volume, centre = BODIES[name, path]
    body = Scene.open(assets / f"{name}.usda").body(path)
    assert body.mesh.volume == pytest.approx(volume, rel=1e-6)
    assert volume_centre(body.mesh) == pytest.approx(centre, abs=1e-6)
    assert body.mesh.points.dtype == np.float64
    assert body.mesh.faces.dtype == np.int32


def test_axis_and_units_are_told_and_parts_lead_back_to_the_prims(assets):
    scene = Scene.open(assets / "instanced_cm.usda")
    assert (scene.up_axis, scene.metres_per_unit) == ("Z", 0.01)
    body = scene.body("/World")
    assert [part.path for part in body.parts] == ["/World/Row/Mirror/Second/Cube", "/World/Row/First/Cube"]
    for part in body.parts:
        local = part.to_local(body.mesh.points[part.points])
        # The prim's own eight points, in its own order and unit.
        assert local[0] == pytest.approx([-10, -10, -10])
        assert local[-1] == pytest.approx([10, 10, 10])
        assert part.to_world(local) == pytest.approx(body.mesh.points[part.points])
        assert body.mesh.faces[part.faces].min() == part.points.start
        assert body.mesh.faces[part.faces].max() == part.points.stop - 1


VOLUMES = {
    "Ball": 4 / 3 * np.pi,
    "Box": 8.0,
    "Tube": np.pi * 0.25 * 2,
    "Pill": np.pi * 0.25 + 4 / 3 * np.pi * 0.125,
    "Hat": np.pi,
    "Bucket": np.pi * 2 / 3 * (1 + 0.5 + 0.25),
}


@pytest.mark.parametrize("name", VOLUMES)
def test_gprims_converge_to_their_volume_with_second_order(assets, name):
    errors = []
    for segments in (16, 32, 64):
        body = Scene.open(assets / "gprims.usda", segments=segments).body(f"/World/{name}")
        errors.append(1.0 - body.mesh.volume / VOLUMES[name])
        edges = np.sort(body.mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        assert np.all(np.unique(edges, axis=0, return_counts=True)[1] == 2)
    if name == "Box":
        assert errors == pytest.approx([0, 0, 0], abs=1e-12)
    else:
        assert 0 < errors[2] < 5e-3
        assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)
        assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.05)


def test_a_gprim_extends_along_its_axis(assets):
    scene = Scene.open(assets / "gprims.usda")
    extents = {name: np.ptp(scene.body(f"/World/{name}").mesh.bounds, axis=0) for name in ("Tube", "Pill", "Hat")}
    assert extents["Tube"] == pytest.approx([2, 1, 1])
    assert extents["Pill"] == pytest.approx([1, 2, 1])
    assert extents["Hat"] == pytest.approx([2, 2, 3])


def test_what_is_skipped_is_named_with_its_reason(assets):
    report = Scene.open(assets / "awkward_meshes.usda").report
    reasons = {note.path: note.reason for note in report.skipped}
    expected = {"Hidden": "invisible", "Guide": "guide", "Proxy": "proxy", "Off": "deactivated"}
    expected |= {"Empty": "empty", "Wire": "BasisCurves"}
    assert set(reasons) == {f"/World/{name}" for name in expected}
    assert all(word in reasons[f"/World/{name}"] for name, word in expected.items())
    assert "/World/Render" in report.read
    assert "skipped   /World/Off: it is deactivated" in str(report)


def test_masked_copies_are_reported(assets):
    report = Scene.open(assets / "point_instancer.usda").report
    assert "/World/Copies[3]: the copy with id 13 is masked" in map(str, report.skipped)


QUAD = """def Mesh "Quad" {
    int[] faceVertexCounts = [4]
    int[] faceVertexIndices = [0, 1, 2, 3]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, %s)]
}
"""


def test_doubts_name_units_axis_and_subdivision(written):
    report = Scene.open(written(QUAD % "0")).report
    text = "\n".join(map(str, report.doubtful))
    assert all(word in text for word in ("metersPerUnit", "upAxis", "/Quad: subdivisionScheme"))


def test_a_missing_reference_is_refused_or_called_doubtful(written):
    path = written(QUAD % "0" + 'def "Gone" (references = @./gone.usda@) {}')
    with pytest.raises(SceneError, match=r"/Gone: .*gone\.usda.*allow_missing=True"):
        Scene.open(path)
    doubtful = Scene.open(path, allow_missing=True).report.doubtful
    assert any(note.path == "/Gone" and "gone.usda" in note.reason for note in doubtful)


def test_a_mesh_squeezed_flat_is_skipped(written):
    flat = (QUAD % "0").replace(
        '"Quad" {',
        """"Quad" {
    double3 xformOp:scale = (1, 0, 1)
    uniform token[] xformOpOrder = ["xformOp:scale"]""",
    )
    scene = Scene.open(written((QUAD % "0").replace("Quad", "Good") + flat))
    assert scene.report.read == ("/Good",)
    assert "no area" in scene.report.why_skipped("/Quad").reason


def test_time_chooses_the_sample_and_the_first_is_the_default(written):
    path = written("""def Xform "Mover" {
    double3 xformOp:translate.timeSamples = {5: (1, 0, 0), 6: (2, 0, 0)}
    uniform token[] xformOpOrder = ["xformOp:translate"]
    def Cube "Box" {}
}""")
    for time, place in ((None, 1.0), (5, 1.0), (5.5, 1.5), (6, 2.0)):
        scene = Scene.open(path, time=time, metres_per_unit=1.0)
        assert volume_centre(scene.body("/Mover").mesh)[0] == pytest.approx(place)


def test_purpose_and_payloads_and_nested_instances(written, tmp_path):
    (tmp_path / "part.usda").write_text("""#usda 1.0
(defaultPrim = "Part")
def Xform "Part" {
    def Cube "Box" {}
}
""")
    (tmp_path / "pair.usda").write_text("""#usda 1.0
(defaultPrim = "Pair")
def Xform "Pair" {
    def "A" (
        payload = @./part.usda@
        instanceable = true
    ) {}
    def "B" (
        references = @./part.usda@
        instanceable = true
    ) {
        double3 xformOp:translate = (4, 0, 0)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
}
""")
    path = written("""(metersPerUnit = 1)
def "One" (
    references = @./pair.usda@
    instanceable = true
) {}
def "Two" (
    references = @./pair.usda@
    instanceable = true
) {
    double3 xformOp:scale = (1, 1, 3)
    uniform token[] xformOpOrder = ["xformOp:scale"]
}
def Xform "Shell" {
    uniform token purpose = "guide"
    def Cube "Inherits" {}
    def Cube "Chooses" {
        uniform token purpose = "render"
    }
}
""")
    scene = Scene.open(path)
    assert scene.body("/One").mesh.volume == pytest.approx(16.0)
    assert scene.body("/Two").mesh.volume == pytest.approx(48.0)
    assert volume_centre(scene.body("/Two/B").mesh) == pytest.approx([4, 0, 0])
    assert scene.report.why_skipped("/Shell/Inherits")
    assert "/Shell/Chooses" in scene.report.read


def test_instancers_within_prototypes_and_prototypes_below_overs(written):
    path = written("""(metersPerUnit = 1)
def PointInstancer "Outer" {
    rel prototypes = </Hidden/Row>
    int[] protoIndices = [0, 0]
    point3f[] positions = [(0, 0, 0), (0, 10, 0)]
}
over "Hidden" {
    def PointInstancer "Row" {
        rel prototypes = </Hidden/Box>
        int[] protoIndices = [0, 0, 0]
        point3f[] positions = [(0, 0, 0), (3, 0, 0), (6, 0, 0)]
    }
    def Cube "Box" {
        double size = 1
    }
}
""")
    body = Scene.open(path).body("/Outer")
    assert body.mesh.volume == pytest.approx(6.0)
    assert volume_centre(body.mesh) == pytest.approx([3, 5, 0])
    places = [(part.instance.index, *part.instance.inner) for part in body.parts]
    assert places == [(i, j) for i in range(2) for j in range(3)]


ERRORS = {
    "nan": (QUAD % "nan", "/Quad: point 3 of 4 is"),
    "infinite": (QUAD % "inf", "repair"),
    "topology": ((QUAD % "0").replace("[4]", "[5]"), "sum to 5"),
    "index": ((QUAD % "0").replace("2, 3]", "2, 9]"), "but 0 to 3 is allowed"),
    "no mesh": ('def Xform "Nothing" {}', "no mesh or gprim"),
    "not usd": ("this is no scene", "cannot read"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_broken_scenes_are_refused_by_name(written, name):
    text, message = ERRORS[name]
    with pytest.raises(SceneError, match=message):
        Scene.open(written(text))


def test_paths_that_are_not_there_are_refused_with_near_names(assets):
    scene = Scene.open(assets / "awkward_meshes.usda")
    with pytest.raises(SceneError, match=r"did you mean /World/Concave"):
        scene.body("/World/Concav")
    with pytest.raises(SceneError, match="purpose is guide"):
        scene.body("/World/Guide")
    with pytest.raises(SceneError, match="mesh is empty"):
        scene.body("/World/Empty")
    with pytest.raises(SceneError, match="no such file"):
        Scene.open(assets / "gone.usda")


def test_the_bunny_is_closed_and_a_metre_long(assets):
    text = (assets / "bunny_tunnel.usda").read_text()
    assert "@bunny.usd@" in text
    scene = Scene.open(assets / "bunny_tunnel.usda")
    mesh = scene.body("/World/Bunny").mesh
    assert not scene.report.doubtful
    assert (mesh.points.shape, mesh.faces.shape) == ((6102, 3), (12200, 3))
    assert np.ptp(mesh.bounds[:, 0]) == pytest.approx(1.0, abs=1e-3)
    assert mesh.bounds.mean(axis=0)[:2] == pytest.approx([0, 0], abs=1e-3)
    assert mesh.bounds[0, 2] == pytest.approx(0.0, abs=1e-3)
    edges = mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    opposite = {(b, a) for a, b in edges.tolist()}
    assert opposite == set(map(tuple, edges.tolist()))
    assert mesh.volume == pytest.approx(0.8758 * 0.62**3, rel=1e-3)


@pytest.mark.parametrize("suffix", ["stl", "obj", "ply", "glb"])
def test_mesh_files_come_in_by_the_same_door(tmp_path, suffix):
    import trimesh

    path = tmp_path / f"box.{suffix}"
    trimesh.creation.box((2.0, 3.0, 4.0)).export(path)
    scene = Scene.open(path, metres_per_unit=0.1)
    (body,) = scene.bodies
    assert len(body.mesh.points) == 8
    assert body.mesh.volume == pytest.approx(0.024)
    assert scene.up_axis == ("Y" if suffix == "glb" else "Z")
    assert ("metres are assumed" in str(Scene.open(path).report)) == (suffix != "glb"), "glTF prescribes them"
    assert scene.body(body.path) is body


def test_broken_mesh_files_are_refused_by_name(tmp_path):
    (tmp_path / "junk.ply").write_text("this is no mesh")
    (tmp_path / "line.obj").write_text("v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n")
    with pytest.raises(SceneError, match="cannot read"):
        Scene.open(tmp_path / "junk.ply")
    with pytest.raises(SceneError, match="not a surface"):
        Scene.open(tmp_path / "line.obj")


def test_the_scenes_are_what_their_script_writes(assets, tmp_path):
    import runpy

    runpy.run_path(str(assets / "make_assets.py"))["main"](tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (assets / path.name).read_bytes()


def test_openusd_finds_no_error_in_the_scenes_of_the_repository(assets):
    scenes = sorted(assets.glob("*.usda"))
    assert len(scenes) > 10
    for path in scenes:
        assert validate_stage(path) == [], path

"""What is written composes with the user's scene to what was given, and leaves that scene alone."""

import re
import shutil

import numpy as np
import pytest

from sparselbm.errors import ResultsExistError, SceneError
from sparselbm.results.stage import ResultsStage, validate_stage
from sparselbm.scene.usd import Scene, open_stage

SCENES = ("bunny_tunnel", "instanced_cm", "point_instancer", "awkward_meshes", "gprims")


def moved(body, iteration):
    """Points that no rigid motion explains, the same for every reader."""
    return body.mesh.points * (1.0 + 0.01 * iteration) + 0.03 * np.sin(body.mesh.points[:, ::-1] * iteration)


def enclosed(body, iteration):
    """The volume that the moved points enclose with the body's own faces."""
    return body.mesh.with_points(moved(body, iteration)).volume


def write_all(scene_path, folder, body):
    """One of everything."""
    n = len(body.mesh.points)
    u, v = np.meshgrid(np.linspace(0, 1, 4), np.linspace(0, 2, 5), indexing="ij")
    speed = u + v
    speed[0, 0] = np.nan
    line = np.linspace([0, 0, 0], [1, 1, 0], 6)
    folder.mkdir()
    (folder / "flow.vdb").write_bytes(b"")
    with ResultsStage(scene_path, folder, "case") as results:
        for iteration in range(3):
            results.add_iteration(body, iteration, moved(body, iteration))
            fields = {"pressure": np.arange(n) + 10.0 * iteration, "sensitivity": body.mesh.points}
            results.add_surface_fields(body, fields, iteration=iteration, colour_by="sensitivity")
        results.add_slice("middle", np.stack([u, v, 0 * u], axis=-1), speed, field_name="speed")
        results.add_streamlines("lines", [line, line[:1]], [np.arange(6.0), np.zeros(1)])
        results.add_volume("flow", "flow.vdb", "density", bounds=[[0, 0, 0], [1, 1, 1]])
    return results


@pytest.mark.parametrize("name", SCENES)
def test_points_come_back_at_their_time_and_the_scene_is_untouched(copied, tmp_path, name):
    source = copied(name)
    before = source.read_bytes()
    body = Scene.open(source).body("/World")
    results = write_all(source, tmp_path / "out", body)
    for iteration in range(3):
        read = Scene.open(results.path, time=iteration).body("/World")
        assert read.mesh.points == pytest.approx(moved(body, iteration), abs=3e-6)
        assert read.mesh.volume == pytest.approx(enclosed(body, iteration), rel=1e-4)
    assert source.read_bytes() == before
    assert validate_stage(results.path) == []


def test_a_result_can_be_moved_with_its_scene(copied, tmp_path):
    (tmp_path / "here").mkdir()
    source = shutil.move(copied("instanced_cm"), tmp_path / "here" / "scene.usda")
    body = Scene.open(source).body("/World")
    write_all(source, tmp_path / "here" / "out", body)
    shutil.move(tmp_path / "here", tmp_path / "there")
    there = tmp_path / "there" / "out" / "case_results.usda"
    assert Scene.open(there, time=2).body("/World").mesh.points == pytest.approx(moved(body, 2), abs=3e-6)
    assert re.findall("@(.*)@", there.read_text()) == ["./case_layer.usdc", "../scene.usda"]
    assert validate_stage(there) == []
    stage = open_stage(there)
    for layer in stage.GetUsedLayers():
        assert str(tmp_path) not in layer.ExportToString()


def test_metadata_repeat_the_scene_and_time_spans_the_iterations(copied, tmp_path):
    source = copied("instanced_cm")
    results = write_all(source, tmp_path / "out", Scene.open(source).body("/World"))
    stage = open_stage(results.path)
    assert stage.GetDefaultPrim().GetPath() == "/World"
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0, 2)
    assert (stage.GetMetadata("metersPerUnit"), stage.GetMetadata("upAxis")) == (0.01, "Z")


def test_normals_and_extents_follow_the_points(copied, tmp_path):
    from pxr import Usd, UsdGeom

    source = copied("bunny_tunnel")
    body = Scene.open(source).body("/World")
    results = write_all(source, tmp_path / "out", body)
    stage = open_stage(results.path)
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Bunny/bunny"))
    # The scan has normals at its corners; ours are those of the faces, here seen through the prim's transform.
    turned = np.array(UsdGeom.Xformable(mesh).ComputeLocalToWorldTransform(0))[:3, :3]
    for time in (None, 1):
        read = Scene.open(results.path, time=time).body("/World").mesh
        code = Usd.TimeCode.Default() if time is None else Usd.TimeCode(time)
        normals = np.array(mesh.GetNormalsAttr().Get(code)) @ turned
        faces = read.area_vectors / np.linalg.norm(read.area_vectors, axis=1, keepdims=True)
        assert normals / np.linalg.norm(normals, axis=1, keepdims=True) == pytest.approx(faces, abs=1e-3)
    points = np.array(mesh.GetPointsAttr().Get(1))
    assert np.array(mesh.GetExtentAttr().Get(1)) == pytest.approx(np.array([points.min(0), points.max(0)]))
    # At the default time the user's own shape is still there.
    assert mesh.GetPointsAttr().Get() != mesh.GetPointsAttr().Get(2)


def test_what_stands_on_our_search_path_alone_is_found_by_any_viewer(copied, tmp_path):
    from pxr import Usd, UsdGeom

    source = copied("bunny_tunnel")
    results = write_all(source, tmp_path / "out", Scene.open(source).body("/World"))
    body = Scene.open(results.path).body("/World/Bunny/bunny")
    stage = Usd.Stage.Open(str(results.path))  # Without our resolver context.
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Bunny/bunny"))
    assert mesh, "its type comes through the reference"
    assert len(mesh.GetFaceVertexCountsAttr().Get()) == len(body.mesh.faces)
    layers = [each.realPath for each in stage.GetUsedLayers() if each.realPath.endswith("bunny.usd")]
    assert len(layers) == 1
    assert f"@{layers[0]}" not in results.path.read_text(), "named from the folder, not from the root"


def test_fields_and_colours_stand_on_the_points(copied, tmp_path):
    from pxr import UsdGeom

    source = copied("instanced_cm")
    results = write_all(source, tmp_path / "out", Scene.open(source).body("/World"))
    stage = open_stage(results.path)
    second = UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/World/Row/First/Cube"))
    pressure = second.GetPrimvar("pressure")
    assert pressure.GetInterpolation() == "vertex"
    assert list(pressure.Get(2)) == [8 + 20 + k for k in range(8)]
    assert np.array(second.GetPrimvar("displayColor").Get(0)).shape == (8, 3)


@pytest.mark.parametrize("purpose", ["allPurpose", "full", "preview"])
def test_colours_beat_every_material_of_the_scene_in_the_results_alone(copied, tmp_path, purpose):
    """One on the mesh, one on a part of its faces, one for all below a prim above it."""
    from pxr import Usd, UsdShade

    source = copied("awkward_meshes")
    scene = Usd.Stage.Open(str(source))
    red = UsdShade.Material.Define(scene, "/World/Red")
    comb, tokens = scene.GetPrimAtPath("/World/Comb"), UsdShade.Tokens
    binding = UsdShade.MaterialBindingAPI.Apply(comb)
    subset = binding.CreateMaterialBindSubset("part", [0, 1]).GetPrim()
    for prim, strength in (
        (comb, tokens.fallbackStrength), (subset, tokens.fallbackStrength), (comb.GetParent(), tokens.strongerThanDescendants),
    ):
        UsdShade.MaterialBindingAPI.Apply(prim).Bind(red, strength, getattr(tokens, purpose))
    other = scene.GetPrimAtPath("/World/Mirrored")
    scene.Save()
    before = source.read_bytes()
    results = write_all(source, tmp_path / "out", Scene.open(source).body("/World/Comb"))
    assert source.read_bytes() == before
    stage = open_stage(results.path)
    coloured = "/World/Results/Looks/BodyColours"
    for prim, look in ((comb, coloured), (subset, coloured), (other, "/World/Red")):
        binding = UsdShade.MaterialBindingAPI(stage.GetPrimAtPath(prim.GetPath()))
        assert binding.ComputeBoundMaterial(getattr(tokens, purpose))[0].GetPath() == look


def test_drawings_are_in_stage_units_and_gaps_stay_open(copied, tmp_path):
    from pxr import UsdGeom

    source = copied("instanced_cm")
    results = write_all(source, tmp_path / "out", Scene.open(source).body("/World"))
    stage = open_stage(results.path)
    middle = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Results/Slices/middle"))
    assert np.array(middle.GetExtentAttr().Get())[1] == pytest.approx([100, 200, 0])
    assert len(middle.GetFaceVertexCountsAttr().Get()) == 3 * 4 - 1
    lines = UsdGeom.BasisCurves(stage.GetPrimAtPath("/World/Results/Streamlines/lines"))
    assert list(lines.GetCurveVertexCountsAttr().Get()) == [6]
    box = UsdGeom.Imageable(stage.GetPrimAtPath("/World/Results/Volumes/flow")).ComputeWorldBound(0, "default")
    assert np.array(box.ComputeAlignedRange().GetMax()) == pytest.approx([100, 100, 100])


@pytest.mark.parametrize("name", SCENES)
def test_the_camera_has_every_body_in_view(copied, tmp_path, name):
    from pxr import Gf, UsdGeom

    source = copied(name)
    body = Scene.open(source).body("/World")
    results = ResultsStage(source, tmp_path / "out", "case")
    results.save()
    stage = open_stage(results.path)
    frustum = UsdGeom.Camera(stage.GetPrimAtPath("/World/Results/Camera")).GetCamera(0).frustum
    points = body.mesh.points / UsdGeom.GetStageMetersPerUnit(stage)
    assert all(frustum.Intersects(Gf.Vec3d(*map(float, point))) for point in points[:: max(len(points) // 200, 1)])


def test_animated_parents_are_undone_at_each_time(written, tmp_path):
    source = written("""(
    metersPerUnit = 1
    upAxis = "Y"
    defaultPrim = "Mover"
)
def Xform "Mover" {
    double3 xformOp:translate.timeSamples = {0: (1, 0, 0), 2: (5, 0, 0)}
    uniform token[] xformOpOrder = ["xformOp:translate"]
    def Cube "Box" {}
}""")
    body = Scene.open(source).body("/Mover")
    with ResultsStage(source, tmp_path / "out", "case") as results:
        for iteration in range(3):
            results.add_iteration(body, iteration, moved(body, iteration))
    for iteration in range(3):
        read = Scene.open(results.path, time=iteration).body("/Mover")
        assert read.mesh.points == pytest.approx(moved(body, iteration), abs=1e-6)


def test_a_replaced_gprim_keeps_its_material_and_a_changing_topology_is_held(written, tmp_path):
    from pxr import UsdGeom, UsdShade

    source = written("""(
    metersPerUnit = 1
    upAxis = "Y"
    defaultPrim = "World"
)
def Xform "World" {
    def Material "Red" {}
    def Cube "Box" (
        prepend apiSchemas = ["MaterialBindingAPI"]
    ) {
        rel material:binding = </World/Red>
        color3f[] primvars:displayColor = [(1, 0, 0)]
    }
    def Mesh "Growing" {
        uniform token subdivisionScheme = "none"
        int[] faceVertexCounts.timeSamples = {0: [3], 1: [3, 3]}
        int[] faceVertexIndices.timeSamples = {0: [0, 1, 2], 1: [0, 1, 2, 0, 2, 3]}
        point3f[] points.timeSamples = {
            0: [(0, 0, 0), (1, 0, 0), (0, 1, 0)],
            1: [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
        }
    }
}""")
    body = Scene.open(source).body("/World")
    with ResultsStage(source, tmp_path / "out", "case") as results:
        for iteration in range(2):
            results.add_iteration(body, iteration, moved(body, iteration))
    assert validate_stage(results.path) == []
    for iteration in range(2):
        read = Scene.open(results.path, time=iteration).body("/World")
        assert len(read.mesh.faces) == len(body.mesh.faces)
        assert read.mesh.volume == pytest.approx(enclosed(body, iteration), rel=1e-5)
    stage = open_stage(results.path)
    box = stage.GetPrimAtPath("/World/Box_optimised")
    assert UsdShade.MaterialBindingAPI(box).ComputeBoundMaterial()[0].GetPath() == "/World/Red"
    assert list(UsdGeom.Gprim(box).GetDisplayColorPrimvar().Get()) == [(1, 0, 0)]


def test_a_folder_that_cannot_be_written_is_named(copied, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        ResultsStage(copied("gprims"), tmp_path / "file", "case").save()


def test_bodies_of_mesh_files_are_written_whole(tmp_path):
    import trimesh

    source = tmp_path / "ball.stl"
    trimesh.creation.icosphere(2, 0.5).export(source)
    body = Scene.open(source).bodies[0]
    with ResultsStage(source, tmp_path / "out", "case") as results:
        results.add_iteration(body, 0, moved(body, 1))
    read = Scene.open(results.path, time=0)
    assert read.body(body.path).mesh.points == pytest.approx(moved(body, 1), abs=1e-6)
    assert validate_stage(results.path) == []


def test_what_is_there_is_kept_unless_told(copied, tmp_path):
    source = copied("gprims")
    ResultsStage(source, tmp_path, "case").save()
    kept = (tmp_path / "case_results.usda").read_bytes()
    with pytest.raises(ResultsExistError, match="overwrite=True"):
        ResultsStage(source, tmp_path, "case")
    assert (tmp_path / "case_results.usda").read_bytes() == kept
    ResultsStage(source, tmp_path, "case", overwrite=True).save()
    with pytest.raises(ValueError, match="would be overwritten by this result"):
        ResultsStage(tmp_path / "case_results.usda", tmp_path, "case", overwrite=True)


def test_each_iteration_is_on_disk_and_nothing_else_is(copied, tmp_path):
    source = copied("awkward_meshes")
    body = Scene.open(source).body("/World/Comb")
    results = ResultsStage(source, tmp_path / "out", "case")
    assert not (tmp_path / "out").exists()
    for iteration in range(2):
        results.add_iteration(body, iteration, moved(body, iteration))
        assert {file.name for file in (tmp_path / "out").iterdir()} == {
            "case_results.usda",
            "case_layer.usdc",
        }
        read = Scene.open(results.path, time=iteration).body("/World/Comb")
        assert read.mesh.points == pytest.approx(moved(body, iteration), abs=1e-5)


def test_arguments_are_refused_by_name(copied, tmp_path):
    source = copied("awkward_meshes")
    body = Scene.open(source).body("/World/Comb")
    results = ResultsStage(source, tmp_path / "out", "case")
    n = len(body.mesh.points)
    with pytest.raises(ValueError, match=rf"shape \(3, 3\); pass \({n}, 3\)"):
        results.add_iteration(body, 0, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="not finite"):
        results.add_iteration(body, 0, np.full((n, 3), np.nan))
    with pytest.raises(ValueError, match="displayColor"):
        results.add_surface_fields(body, {"displayColor": np.zeros(n)})
    with pytest.raises(ValueError, match="not among the fields"):
        results.add_surface_fields(body, {"p": np.zeros(n)}, colour_by="q")
    with pytest.raises(ValueError, match="no line of 1 has two points"):
        results.add_streamlines("lines", [np.zeros((1, 3))], [np.zeros(1)])
    with pytest.raises(FileNotFoundError, match="write it before"):
        results.add_volume("flow", "gone.vdb", "density", bounds=[[0, 0, 0], [1, 1, 1]])
    with pytest.raises(ValueError, match=r"vdb_path is \.\./flow.vdb: pass a file within"):
        results.add_volume("flow", "../flow.vdb", "density", bounds=[[0, 0, 0], [1, 1, 1]])
    with pytest.raises(SceneError, match="no such file"):
        ResultsStage(tmp_path / "gone.usda", tmp_path, "case")
    with pytest.raises(ValueError, match="used in file names"):
        ResultsStage(source, tmp_path, "../case")

"""Shapes come back from glTF and USDZ with their volumes, places and colours; pictures show them."""

import json
import shutil
import struct
import zipfile

import numpy as np
import pytest
from export_cases import BEST, CENTRE, GROWTH, REFERENCE_FORCE, VOLUME, volume_and_centre

from sparselbm.results import Results
from sparselbm.results.formats import GLB, USDZ
from sparselbm.results.formats.designs import Designs
from sparselbm.results.formats.shapes import all_shapes, point_normals
from sparselbm.results.formats.usdz import map_places
from sparselbm.results.stage import validate_stage
from sparselbm.results.stage.solids import tubes

CENTRE_Y_UP = CENTRE[[0, 2, 1]] * (1.0, 1.0, -1.0)


def test_shapes_are_those_of_the_best_design(case):
    """The body at iteration 3, which is feasible, and the slice and two lines that were drawn."""
    up_axis, (body, drawn, lines) = all_shapes(Results.open(case.folder))
    assert up_axis == "Z"
    assert body.name == "/World/Body"
    volume, centre = volume_and_centre(body.points, body.faces)
    assert volume == pytest.approx(VOLUME * GROWTH[BEST] ** 3, rel=1e-6)
    assert centre == pytest.approx(CENTRE, abs=1e-6)
    designs = Designs.of(Results.open(case.folder))
    assert [volume_and_centre(each.points, each.faces)[0] for each, in designs.bodies] == pytest.approx(
        [VOLUME * growth**3 for growth in GROWTH], rel=1e-6
    )
    assert [len(drawings) for drawings in designs.drawings] == [0, 0, 0, 2], "the flow of the best design, and of no other"
    assert drawn.points.reshape(5, 4, 3) == pytest.approx(case.slice_points, abs=1e-6)
    area = 0.5 * np.linalg.norm(np.cross(*np.diff(drawn.points[drawn.faces], axis=1).swapaxes(0, 1)), axis=1)
    assert area.sum() == pytest.approx(4.0, rel=1e-6)
    assert len(lines.points) == 3 * (3 + 2)
    # viridis from dark blue to yellow, linear.
    assert body.colours[0] == pytest.approx([0.0579, 0.0003, 0.0894], abs=2e-3)
    assert body.colours[-1] == pytest.approx([0.985, 0.801, 0.0186], abs=2e-3)


def test_tubes_lie_around_their_lines():
    rng = np.random.default_rng(3)
    counts = np.array([5, 2, 9])
    points = np.cumsum(rng.uniform(0.1, 1.0, (16, 3)), axis=0)
    colours = rng.random((16, 3))
    corners, faces, shown = tubes(points, counts, 0.04, colours)
    ring = corners.reshape(16, 3, 3)
    assert np.linalg.norm(ring - points[:, None], axis=-1) == pytest.approx(np.full((16, 3), 0.02))
    assert ring.mean(axis=1) == pytest.approx(points)
    assert len(faces) == 2 * 3 * (4 + 1 + 8)
    assert np.array_equal(shown.reshape(16, 3, 3), np.repeat(colours[:, None], 3, axis=1))
    a, b, c = corners[faces].swapaxes(0, 1)
    outward = np.cross(b - a, c - a)
    middle = corners[faces].mean(axis=1) - points[faces // 3].mean(axis=1)
    assert (np.einsum("ij,ij->i", outward, middle) > 0.0).all()


def test_normals_of_a_box_point_from_its_centre(case):
    _, (body, *_) = all_shapes(Results.open(case.folder))
    normals = point_normals(body.points, body.faces)
    assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(8))
    assert (normals * (body.points - CENTRE) > 0.0).all()


def read_glb(path):
    """The JSON and the accessors as arrays."""
    data = path.read_bytes()
    magic, version, total, size, kind = struct.unpack_from("<4sIII4s", data)
    assert (magic, version, total, kind) == (b"glTF", 2, len(data), b"JSON")
    tree = json.loads(data[20 : 20 + size])
    length, kind = struct.unpack_from("<I4s", data, 20 + size)
    binary = data[28 + size :]
    assert (kind, len(binary)) == (b"BIN\0", length)
    arrays = []
    for each in tree["accessors"]:
        view = tree["bufferViews"][each["bufferView"]]
        number = {5126: "<f4", 5125: "<u4"}[each["componentType"]]
        flat = np.frombuffer(binary, number, view["byteLength"] // 4, view["byteOffset"])
        arrays.append(flat.reshape(each["count"], -1))
        if "min" in each:
            assert (arrays[-1].min(axis=0).tolist(), arrays[-1].max(axis=0).tolist()) == (each["min"], each["max"])
    return tree, arrays


def test_glb_morphs_through_the_designs(case, tmp_path):
    (path,) = GLB.write(Results.open(case.folder), tmp_path)
    tree, arrays = read_glb(path)
    mesh = tree["meshes"][0]
    (primitive,) = mesh["primitives"]
    faces = arrays[primitive["indices"]].reshape(-1, 3)
    base, normals = (arrays[primitive["attributes"][name]] for name in ("POSITION", "NORMAL"))
    designs = [base, *(base + arrays[target["POSITION"]] for target in primitive["targets"])]
    for points, growth in zip(designs, GROWTH, strict=True):
        volume, centre = volume_and_centre(points, faces)
        assert volume == pytest.approx(VOLUME * growth**3, rel=1e-5)
        assert centre == pytest.approx(CENTRE_Y_UP, abs=1e-5)
    assert (normals * (base - CENTRE_Y_UP) > 0.0).all()
    assert mesh["extras"]["targetNames"] == ["iteration 1", "iteration 2", "iteration 3"]
    assert all(set(target) == {"POSITION", "NORMAL"} for target in primitive["targets"])
    sampler = tree["animations"][0]["samplers"][0]
    assert arrays[sampler["input"]].ravel().tolist() == [0.0, 0.5, 1.0, 1.5]
    assert arrays[sampler["output"]].reshape(4, 3).tolist() == np.eye(4)[:, 1:].tolist()
    assert len(tree["meshes"]) == 3
    assert tree["asset"]["extras"] == {"reference_force": REFERENCE_FORCE, "units": "reference_force: N"}


def test_each_design_is_shown_with_its_own_flow(each_flow, tmp_path):
    """Dark blue around the first, yellow around the third, and none around the second, whose flow was not drawn."""
    designs = Designs.of(each_flow)
    colours = [[drawing.colours[0] for drawing in drawings] for drawings in designs.drawings]
    assert [len(each) for each in colours] == [1, 0, 1]
    assert colours[0][0] == pytest.approx([0.0579, 0.0003, 0.0894], abs=2e-3)
    assert colours[2][0] == pytest.approx([0.985, 0.801, 0.0186], abs=2e-3)
    (path,) = GLB.write(each_flow, tmp_path)
    tree, arrays = read_glb(path)
    (animation,) = tree["animations"]
    shown = {}
    for channel in animation["channels"]:
        node, sampler = tree["nodes"][channel["target"]["node"]], animation["samplers"][channel["sampler"]]
        if channel["target"]["path"] == "scale":
            shown[node["name"]] = arrays[sampler["output"]][:, 0].tolist()
            assert sampler["interpolation"] == "STEP"
            assert arrays[sampler["input"]].ravel().tolist() == [0.0, 0.25, 0.75]
            assert node["scale"] == [shown[node["name"]][0]] * 3
    assert shown == {
        "World_Results_Slices_speed iteration 0": [1.0, 0.0, 0.0], "World_Results_Slices_speed iteration 2": [0.0, 0.0, 1.0],
    }


@pytest.fixture(scope="module")
def legend(case, tmp_path_factory):
    """The results of `case` with a legend of 30 x 90 pixels."""
    from matplotlib.image import imsave

    folder = tmp_path_factory.mktemp("legend") / "out"
    shutil.copytree(case.folder, folder)
    shutil.copy(case.folder.parent / "box.usda", folder.parent / "box.usda")
    imsave(folder / "box_legend_speed.png", np.linspace(0.0, 1.0, 90 * 30 * 3).reshape(90, 30, 3))
    return Results.open(folder)


def assert_beside(points, others):
    """A board in the plane z = const, a third as wide as high, which lies beside all others."""
    width, height, depth = np.ptp(points, axis=0)
    assert width == pytest.approx(height / 3.0, rel=1e-5)
    assert depth == pytest.approx(0.0, abs=1e-6)
    assert points[:, 0].max() < others[:, 0].min()
    assert np.ptp(others, axis=0).max() * 0.35 == pytest.approx(height, rel=1e-5)


def test_the_glb_has_the_legends_beside_the_shapes(legend, tmp_path):
    (path,) = GLB.write(legend, tmp_path)
    tree, arrays = read_glb(path)
    *shapes, board = tree["meshes"]
    assert tree["nodes"][-1] == {"name": "box_legend_speed", "mesh": len(shapes)}
    (primitive,) = board["primitives"]
    places = {name: arrays[number] for name, number in primitive["attributes"].items()}
    others = np.concatenate([arrays[each["primitives"][0]["attributes"]["POSITION"]] for each in shapes])
    assert_beside(places["POSITION"], others)
    assert places["TEXCOORD_0"][np.argmin(places["POSITION"] @ (1.0, 1.0, 0.0))].tolist() == [0.0, 1.0], "lower left corner"
    assert tree["materials"][primitive["material"]]["extensions"] == {"KHR_materials_unlit": {}}
    view = tree["bufferViews"][tree["images"][0]["bufferView"]]
    start = len(path.read_bytes()) - tree["buffers"][0]["byteLength"] + view["byteOffset"]
    stored = path.read_bytes()[start : start + view["byteLength"]]
    assert stored == (legend.folder / "box_legend_speed.png").read_bytes()


def test_the_usdz_has_the_legends_beside_the_shapes(legend, tmp_path):
    from pxr import Usd, UsdGeom

    (path,) = USDZ.write(legend, tmp_path)
    assert validate_stage(path) == []
    stage = Usd.Stage.Open(str(path))
    *shapes, board = (UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh))
    assert board.GetPrim().GetDisplayName() == "box_legend_speed"
    others = np.concatenate([np.array(each.GetPointsAttr().Get()) for each in shapes])
    assert_beside(np.array(board.GetPointsAttr().Get()), others)
    with zipfile.ZipFile(path) as package:
        assert package.read("0/legend0.png") == (legend.folder / "box_legend_speed.png").read_bytes()


def test_trimesh_reads_the_glb(case, tmp_path):
    import trimesh

    (path,) = GLB.write(Results.open(case.folder), tmp_path)
    scene = trimesh.load(path, process=False)
    assert scene.geometry["World_Body"].volume == pytest.approx(VOLUME, rel=1e-5)
    assert scene.geometry["World_Body"].center_mass == pytest.approx(CENTRE_Y_UP, abs=1e-5)


def test_usdz_is_baked_and_coloured_by_its_picture(case, tmp_path):
    from matplotlib.image import imread
    from pxr import Usd, UsdGeom, UsdShade

    (path,) = USDZ.write(Results.open(case.folder), tmp_path)
    assert validate_stage(path) == []
    stage = Usd.Stage.Open(str(path))
    assert (UsdGeom.GetStageUpAxis(stage), UsdGeom.GetStageMetersPerUnit(stage)) == ("Y", 1.0)
    facts = stage.GetRootLayer().customLayerData["sparselbm"]
    assert dict(facts) == {"reference_force": REFERENCE_FORCE, "units": "reference_force: N"}
    meshes = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    assert meshes[0].GetPrim().GetDisplayName() == "/World/Body"
    assert all(not mesh.GetOrderedXformOps() for mesh in meshes)
    points = np.array(meshes[0].GetPointsAttr().Get())
    volume, centre = volume_and_centre(points, np.reshape(meshes[0].GetFaceVertexIndicesAttr().Get(), (-1, 3)))
    assert volume == pytest.approx(VOLUME * GROWTH[BEST] ** 3, rel=1e-5)
    assert centre == pytest.approx(CENTRE_Y_UP, abs=1e-5)
    material, _ = UsdShade.MaterialBindingAPI(meshes[0]).ComputeBoundMaterial()
    assert material
    with zipfile.ZipFile(path) as package, package.open("0/colours.png") as file:
        picture = imread(file)[0, :, :3]
    st = np.array(UsdGeom.PrimvarsAPI(meshes[0]).GetPrimvar("st").Get())
    shown = picture[(st[:, 0] * len(picture)).astype(int)]
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    _, (body, *_) = all_shapes(Results.open(case.folder))
    assert linear == pytest.approx(body.colours, abs=0.01)


def test_grey_has_a_place_of_its_own():
    places = map_places(np.array([[0.5, 0.5, 0.5], [0.0579, 0.0003, 0.0894]]))
    assert places[:, 0] == pytest.approx([512.5 / 513, 0.5 / 513])

"""Results that are referenced, payloaded or sublayered show bodies and drawings together, wherever the other stage puts them."""

import numpy as np
import pytest

from sparselbm.results.stage import PrimOps, ResultsStage, validate_stage
from sparselbm.results.stage.root import drawings_of
from sparselbm.scene.usd import Scene, open_stage

HEAD = '(\n    defaultPrim = "World"\n    metersPerUnit = 0.5\n)\n'
TURNED = """
    double3 xformOp:translate = (3, 0, 1)
    float3 xformOp:rotateXYZ = (-90, 20, 0)
    float3 xformOp:scale = (2, 2, 2)
    uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateXYZ", "xformOp:scale"]
"""
ANIMATED = """
    double3 xformOp:translate.timeSamples = { 0: (3, 0, 1), 10: (5, 0, 0) }
    uniform token[] xformOpOrder = ["xformOp:translate"]
"""
BALL = '    def Sphere "Ball" {\n        double radius = 0.5\n    }\n'
HINT = '    float3[] extentsHint = [(0, 0, 0), (1, 1, 1)]\n'
OWN = '    def Scope "Results" {\n        custom string note = "my own"\n    }\n'
SCENES = {
    "a prim": f'def Xform "World" {{\n{BALL}}}\n',
    "a prim without a type": f'def "World" {{\n{BALL}}}\n',
    "a scope": f'def Scope "World" {{\n{BALL}}}\n',
    "a turned and scaled prim": f'def Xform "World" {{\n{TURNED}{BALL}}}\n',
    "cached bounds": f'def Xform "World" (prepend apiSchemas = ["GeomModelAPI"]) {{\n{HINT}{BALL}}}\n',
    "a prim of the same name": f'def Xform "World" {{\n{OWN}{BALL}}}\n',
    "several root prims": f'def Xform "World" {{\n{BALL}}}\ndef Xform "Other" {{\n def Cube "Box" {{\n}}\n}}\n',
}
MOVED = (10.0, 0.0, 0.0)


def drawn(scene, folder):
    """Results with a slice through the middle of the ball at four iterations, as separate frames, and a legend."""
    middle = Scene.open(scene).body("/World/Ball").mesh.points.mean(axis=0)
    u, v = np.meshgrid([-0.1, 0.1], [-0.1, 0.1], indexing="ij")
    with ResultsStage(scene, folder, "case") as results:
        results.add_camera(np.stack([middle - 2.0, middle + 2.0]))
        results.set_scale("speed", (0.0, 1.0), "speed")
        for time in range(4):
            results.add_slice("cut", middle + np.stack([u, v, 0.0 * u], -1), u, field_name="speed", time=float(time))
            results.end_frame(float(time))
    return results.path, middle


def using(way, path, folder):
    """A stage that uses another one under /There, which it moves; a sublayer stays where it is."""
    from pxr import Sdf, Usd, UsdGeom

    stage = Usd.Stage.CreateNew(str(folder / "other.usda"))
    UsdGeom.SetStageMetersPerUnit(stage, 0.5)
    if way == "sublayer":
        stage.GetRootLayer().subLayerPaths = [str(path)]
        stage.SetDefaultPrim(stage.GetPrimAtPath("/World"))
        return stage, "/World"
    UsdGeom.Xform.Define(stage, "/There").AddTranslateOp().Set(MOVED)
    prim = UsdGeom.Xform.Define(stage, "/There/Flow").GetPrim()
    if way == "reference":
        prim.GetReferences().AddReference(str(path))
    else:
        prim.GetPayloads().AddPayload(Sdf.Payload(str(path)))
    return stage, "/There/Flow"


def place(stage, path, time):
    """Middle of a prim in the world [m]; for a mesh that of its points at a time."""
    from pxr import Usd, UsdGeom

    prim = stage.GetPrimAtPath(path)
    assert prim, path
    matrix = np.array(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode(time)))
    points = prim.GetAttribute("points").Get(time) if prim.IsA(UsdGeom.Mesh) else [(0, 0, 0)]
    return 0.5 * (np.mean(points, axis=0) @ matrix[:3, :3] + matrix[3, :3])


@pytest.mark.parametrize("way", ["sublayer", "reference", "payload"])
@pytest.mark.parametrize("kind", SCENES)
def test_drawings_stay_with_the_body(written, tmp_path, kind, way):
    from pxr import UsdShade

    path, middle = drawn(written(HEAD + SCENES[kind]), tmp_path / "out")
    stage, root = using(way, path, tmp_path)
    moved = middle + (0.5 * np.array(MOVED) if way != "sublayer" else 0.0)
    slice_path = f"{root}{drawings_of(open_stage(path)).removeprefix('/World')}/Slices/cut"
    for time in (0, 3):
        assert place(stage, f"{root}/Ball", time) == pytest.approx(moved, abs=1e-6)
        assert place(stage, slice_path, time) == pytest.approx(moved, abs=1e-5)
    material, _ = UsdShade.MaterialBindingAPI(stage.GetPrimAtPath(slice_path)).ComputeBoundMaterial()
    assert str(material.GetPath()).startswith(f"{root}/Results")
    if kind == "a prim of the same name":
        assert stage.GetPrimAtPath(f"{root}/Results").GetAttribute("note").Get() == "my own"


def test_drawings_of_a_root_prim_that_moves_stay_where_they_are(written, tmp_path):
    path, middle = drawn(written(HEAD + f'def Xform "World" {{\n{ANIMATED}{BALL}}}\n'), tmp_path / "out")
    for time in (0, 3):
        assert place(open_stage(path), "/World/Results/Slices/cut", time) == pytest.approx(middle, abs=1e-6)


def test_drawings_of_a_root_prim_that_is_optimised_stay_where_they_are(written, tmp_path):
    """Its ops get samples at each iteration, which its drawings do not follow."""
    scene = written(HEAD + SCENES["a turned and scaled prim"])
    ops = PrimOps.of(scene, "/World", {"xformOp:translate": (1.0, 1.0, 1.0)})
    u, v = np.meshgrid([-1.0, 1.0], [-1.0, 1.0], indexing="ij")
    with ResultsStage(scene, tmp_path / "out", "case") as results:
        results.add_slice("cut", np.stack([u, v, 0.0 * u], -1), u)
        for iteration in range(2):
            results.add_transform(ops, iteration, {"xformOp:translate": np.array([4.0 + iteration, 0.0, 1.0])})
    for time in (0, 1):
        assert place(open_stage(results.path), "/World/Results/Slices/cut", time) == pytest.approx(np.zeros(3), abs=1e-6)


def test_drawings_have_a_root_prim_of_their_own_where_the_scenes_cannot_hold_them(written, tmp_path):
    scene = written('(\n    defaultPrim = "World"\n)\ndef Sphere "World" {\n}\n')
    with ResultsStage(scene, tmp_path / "out", "case") as results:
        pass
    assert drawings_of(open_stage(results.path)) == "/Results"


def test_results_over_results_continue_their_drawings(written, tmp_path):
    path, _ = drawn(written(HEAD + SCENES["a turned and scaled prim"]), tmp_path / "out")
    with ResultsStage(path, tmp_path / "again", "case") as results:
        pass
    stage = open_stage(results.path)
    assert [each.GetName() for each in stage.GetPrimAtPath("/World").GetChildren()] == ["Ball", "Results"]


@pytest.mark.parametrize("kind", SCENES)
def test_everything_in_view_is_hardly_larger_than_the_flow(written, tmp_path, kind):
    """Bounds as viewers take them that frame everything: the legend is near the box of 4 m, and hints do not exclude it."""
    from pxr import UsdGeom

    path, middle = drawn(written(HEAD + SCENES[kind]), tmp_path / "out")
    assert validate_stage(path) == []
    stage = open_stage(path)
    cache = UsdGeom.BBoxCache(0, [UsdGeom.Tokens.default_, UsdGeom.Tokens.render], True)
    box = cache.ComputeWorldBound(stage.GetDefaultPrim()).ComputeAlignedRange()
    low, high = 0.5 * np.array(box.GetMin()), 0.5 * np.array(box.GetMax())
    assert (np.abs(np.stack([low, high]) - middle) < 6.5).all()

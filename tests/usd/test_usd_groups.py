"""Bodies by collection, material and purpose, values of attributes, and scenes of many prims."""

import time

import pytest

from sparselbm.case import Case
from sparselbm.case.parts import CaseObstacle
from sparselbm.errors import SceneError
from sparselbm.scene.usd import Scene

TOWN = """#usda 1.0
(
    metersPerUnit = 1
    upAxis = "Z"
)
def Scope "Looks"
{
    def Material "Brick" {}
    def Material "Glass" {}
}
def Xform "World" (
    prepend apiSchemas = ["CollectionAPI:tall"]
)
{
    uniform token collection:tall:expansionRule = "expandPrims"
    rel collection:tall:includes = [</World/Towers>, </World/Mast>]
    rel collection:tall:excludes = </World/Towers/B>
    def Xform "Towers" (
        prepend apiSchemas = ["MaterialBindingAPI"]
    )
    {
        rel material:binding = </Looks/Glass>
        def Cube "A" {
            double size = 1
        }
        def Cube "B" {
            double size = 1
            double3 xformOp:translate = (3, 0, 0)
            uniform token[] xformOpOrder = ["xformOp:translate"]
        }
    }
    def Cube "Mast" (
        prepend apiSchemas = ["MaterialBindingAPI"]
    )
    {
        rel material:binding = </Looks/Brick>
        double size = 0.5
        double3 xformOp:translate = (6, 0, 0)
        float xformOp:rotateZ.timeSamples = { 0: 10, 5: 40 }
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateZ"]
    }
    def Cube "Detailed" {
        uniform token purpose = "render"
    }
    def Cube "Simple" {
        uniform token purpose = "proxy"
    }
}
"""


@pytest.fixture
def town(tmp_path):
    path = tmp_path / "town.usda"
    path.write_text(TOWN)
    return path


@pytest.mark.parametrize(("name", "paths"), [
    ("/Looks/Glass", ["/World/Towers/A", "/World/Towers/B"]),
    ("/Looks/Brick", ["/World/Mast"]),
    ("/World.collection:tall", ["/World/Towers/A", "/World/Mast"]),
    ("/Looks/Brick,/World/Towers/B", ["/World/Mast", "/World/Towers/B"]),
])
def test_a_material_or_a_collection_names_its_bodies(town, name, paths):
    scene = Scene.open(town)
    body = scene.body(name)
    assert body.path == ",".join(paths)
    assert body.mesh.volume == pytest.approx(sum(scene.body(path).mesh.volume for path in paths))
    left = scene.without(name)
    assert not {each.path for each in left.bodies} & set(paths)
    assert [each.path for each in left.report.used] == [each.path for each in left.bodies]
    assert len(scene.joined(name).bodies) == len(scene.bodies) - len(paths) + 1
    case = Case(scene=Case.open(town).scene, obstacle={name: CaseObstacle(role="design")})
    assert case.read_scene().bodies[0].path == body.path


@pytest.mark.parametrize("name", ["/Looks/Wood", "/World.collection:small"])
def test_a_group_that_does_not_exist_is_refused(town, name):
    with pytest.raises(SceneError, match="no such prim"):
        Scene.open(town).body(name)


def test_one_purpose_is_read_beside_the_default(town):
    for purpose, there, skipped in (("render", "Detailed", "Simple"), ("proxy", "Simple", "Detailed")):
        paths = {body.path for body in Scene.open(town, purpose=purpose).bodies}
        assert f"/World/{there}" in paths
        assert f"/World/{skipped}" not in paths
        assert "/World/Mast" in paths
    with pytest.raises(SceneError, match="give one of render, proxy, guide"):
        Scene.open(town, purpose="collision")


def test_values_of_attributes_replace_those_of_the_scene(town):
    values = {"/World/Mast.size": "2", "/World/Mast.xformOp:translate": "0,0,5", "/World/Mast.xformOp:rotateZ": "0"}
    scene = Scene.open(town, attributes=values, time=3.0)
    assert scene.body("/World/Mast").mesh.bounds.tolist() == [[-1.0, -1.0, 4.0], [1.0, 1.0, 6.0]]
    assert scene.attributes == values
    assert town.read_text() == TOWN


def test_ten_thousand_prims_are_read_and_left_out_in_seconds(tmp_path):
    """2.5 s on two cores at 3 GHz; leaving out was quadratic, and took 9 s."""
    path = tmp_path / "city.usda"
    cubes = (f'def Cube "B{k}" {{\ndouble size = 1\n}}\n' for k in range(10_000))
    path.write_text(f'#usda 1.0\n( metersPerUnit = 1 )\ndef Xform "World" {{\n{"".join(cubes)}}}\n')
    began = time.process_time()
    scene = Scene.open(path).without("/World/B7")
    assert len(scene.bodies) == 9_999
    assert time.process_time() - began < 20.0

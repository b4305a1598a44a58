"""`init` writes the defaults, in USD and in TOML; scenes are not modified, and a case composes in any folder."""

import shutil
from dataclasses import fields
from pathlib import Path

import pytest
from case_files import altered, template, write_scene

from sparselbm.case import Case, CaseObstacle, CaseOpening, CaseStudy, SceneFile
from sparselbm.case.write import write_template
from sparselbm.design import ForceConstraint
from sparselbm.errors import CaseError
from sparselbm.flows import SideInlet, SideOutlet, SideWall, WindTunnel
from sparselbm.models.boundary import Y_MAX, Y_MIN, Z_MIN
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import Scene

PLACES = {"scene", "source", "design", "boundary"}


@pytest.fixture
def scene(tmp_path):
    return write_scene(tmp_path / "scene.usda")


def test_what_init_writes_is_the_fallbacks_and_usd_and_toml_are_the_same(scene):
    before = scene.read_bytes()
    usd, toml = Case.open(template(scene)), Case.open(template(scene, ".toml"))
    plain = Case(scene=SceneFile(file=str(scene)), obstacle={"/World/Body": CaseObstacle(role="design")})
    said = ("fluid", "boundary")  # The Reynolds number and the sides of the stream are written out.
    for case in (usd, toml):
        for each in fields(Case):
            if each.name not in (*PLACES, *said):
                assert getattr(case, each.name) == getattr(plain, each.name), each.name
        assert case.tunnel == plain.tunnel
        assert case.setup(case.read_scene()).bounds.tolist() == plain.setup(plain.read_scene()).bounds.tolist()
    assert usd.design.prim == "/World/Body"
    assert scene.read_bytes() == before
    assert validate_stage(usd.source.file) == []


def test_values_of_every_kind_are_alike_in_usd_and_toml(scene):
    usd = altered(
        template(scene),
        ("double sparselbm:domain:voxelSize", "double sparselbm:domain:voxelSize = 0.05"),
        ("double sparselbm:fluid:reynolds = 60", "double sparselbm:fluid:reynolds"),
        ("double sparselbm:fluid:viscosity", "float sparselbm:fluid:viscosity = 0.0625"),
        ("crossCheck = true", "crossCheck = false"),
        ('zMin:kind = "slip"', 'zMin:kind = "movingWall"\n    uniform double3 sparselbm:boundary:zMin:velocity = (1, 0, 0)'),
        ("controlPoints = (4, 3, 4)", "controlPoints = (5, 3, 3)"),
        ('"SparselbmOutputAPI",', '"SparselbmOutputAPI", "SparselbmConstraintAPI:lift",'),
        ("    uniform string sparselbm:output:folder", '    uniform string sparselbm:output:folder = "out"\n'
         '    uniform token sparselbm:constraint:lift:kind = "force"\n'
         "    uniform double3 sparselbm:constraint:lift:direction = (0, 0, 2)\n"
         "    uniform double sparselbm:constraint:lift:lower = 0.1"),
    )
    toml = altered(
        template(scene, ".toml"),
        ("# voxelSize =", "voxelSize = 0.05"), ("reynolds = 60.0", ""), ("# viscosity =", "viscosity = 0.0625"),
        ("crossCheck = true", "crossCheck = false"), ("controlPoints = [4, 3, 4]", "controlPoints = [5, 3, 3]"),
        ("# folder =", 'folder = "out"'),
        ('[boundary.zMin]\nkind = "slip"', '[boundary.zMin]\nkind = "movingWall"\nvelocity = [1, 0, 0]'),
        ("[boundary.zMax]", '[constraint.lift]\nkind = "force"\ndirection = [0, 0, 2]\nlower = 0.1\n\n[boundary.zMax]'),
    )
    one, other = Case.open(usd), Case.open(toml)
    for each in fields(Case):
        if each.name not in ("scene", "source", "design"):
            assert getattr(one, each.name) == getattr(other, each.name), each.name
    assert one.fluid.viscosity == 0.0625
    assert one.tunnel == other.tunnel
    setup = one.setup(one.read_scene())
    assert setup.options.reynolds == pytest.approx(1.0 * 1.0 / 0.0625)


def test_a_case_composes_wherever_its_folder_is_moved_to(tmp_path):
    (tmp_path / "a" / "studies").mkdir(parents=True)
    scene = write_scene(tmp_path / "a" / "scene.usda")
    for suffix in (".usda", ".toml"):
        write_template(Scene.open(scene), "/World/Body", tmp_path / "a" / "studies" / f"body{suffix}")
    shutil.move(tmp_path / "a", tmp_path / "b")
    for suffix in (".usda", ".toml"):
        case = Case.open(tmp_path / "b" / "studies" / f"body{suffix}")
        assert case.read_scene().body("/World/Body").mesh.volume == pytest.approx(1.0)
        assert case.design_obstacle == "/World/Body"


def test_an_instance_is_named_in_place_of_what_stands_in_it(scene):
    path = write_template(Scene.open(scene), "/World/Copy/Surface", scene.with_name("copy.usda"))
    case = Case.open(path)
    assert case.design_obstacle == "/World/Copy"
    assert case.setup(case.read_scene()).mesh.volume == pytest.approx(1.0)


def test_templates_spare_scenes_and_former_cases(scene):
    read = Scene.open(scene)
    with pytest.raises(CaseError, match=r"3 bodies and no obstacle specified.*/World/Body"):
        write_template(read)
    with pytest.raises(CaseError, match="is the scene itself"):
        write_template(read, "/World/Body", scene)
    with pytest.raises(CaseError, match=r"ends with \.usda or \.toml"):
        write_template(read, "/World/Body", scene.with_suffix(".usdc"))
    template(scene)
    with pytest.raises(FileExistsError, match="exists: pass overwrite"):
        template(scene)


def test_variants_that_are_chosen_bring_their_own_settings(scene):
    path = altered(template(scene), (
        'def Scope "Case" (', 'def Scope "Case" (\n    variants = {\n        string speed = "slow"\n    }\n'
        '    prepend variantSets = "speed"',
    ), ("    uniform double sparselbm:fluid:reynolds = 60\n", ""), (
        "zMax:kind = \"slip\"\n", 'zMax:kind = "slip"\n    variantSet "speed" = {\n'
        '        "slow" {\n            uniform double sparselbm:fluid:reynolds = 20\n        }\n'
        '        "fast" {\n            uniform double sparselbm:fluid:reynolds = 80\n        }\n    }\n',
    ))
    assert Case.open(path).fluid.reynolds == 20.0
    assert Case.open(path, variants={"/Case:speed": "fast"}).fluid.reynolds == 80.0


def test_the_cases_of_the_documentation_are_cases(tmp_path):
    blocks = (Path(__file__).parents[2] / "docs" / "how-to" / "cases.md").read_text().split("```")[1::2]
    scene = 'def Xform "World"\n{\n    def Cube "Body"\n    {\n    }\n    def Cube "Floor"\n    {\n    }\n}\n'
    (tmp_path / "scene.usda").write_text("#usda 1.0\n" + scene)
    layer = tmp_path / "case.usda"
    toml = next(each for each in blocks if each.startswith("toml\n[scene]"))
    *usd, sides, inside = [each for each in blocks if each.startswith("\n") and "apiSchemas" in each]
    head = "#usda 1.0\n(\n    metersPerUnit = 1\n    subLayers = [@./scene.usda@]\n)\n"
    layer.write_text(head + "\n".join(usd))
    (tmp_path / "case.toml").write_text(toml.removeprefix("toml"))
    case = Case.open(layer)
    assert {path: each.role for path, each in case.obstacle.items()} == {"/World/Body": "design", "/World/Floor": "ignored"}
    assert case.tunnel.sides == (SideWall(Z_MIN, (30.0, 0.0, 0.0)),)
    setup = case.setup(case.read_scene())
    assert list(setup.bodies) == ["/World/Body"]
    assert CaseStudy.of(case, setup).problem.constraints[1] == ForceConstraint(direction=(0.0, 0.0, 1.0), lower=0.1, name="lift")
    assert setup.bounds[0].tolist() == [-4.0, -3.6, 0.0]  # The road lies where the box ends.
    assert Case.open(tmp_path / "case.toml").tunnel == WindTunnel(voxel_size=0.02, velocity=30.0)
    layer.write_text(head + sides)
    tunnel = Case.open(layer).tunnel
    assert (str(tunnel.stream), tunnel.velocity) == ("along -x", 30.0)
    assert tunnel.sides == (SideInlet(Y_MAX, (-5.0, -10.0, 0.0)), SideOutlet(Y_MIN, 20.0), SideWall(Z_MIN))
    assert list(tunnel.all_sides.openings.values()) == ["inlet on x_max", "inlet on y_max", "outlet on x_min", "outlet on y_min"]
    tree = Path(__file__).parents[2] / "assets" / "vessel_tree.usda"
    layer.write_text(head.replace("./scene.usda", str(tree)) + inside)
    case = Case.open(layer)
    assert case.surface == "/World/Vessels"
    assert case.opening["/World/Inlet"] == CaseOpening(kind="inlet", velocity=0.1, profile="laminar")

"""`init` writes the defaults, in USD and in TOML; scenes are not modified, and a case composes in any folder."""

import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from case_files import altered, case_of, plain_scene, template, write_scene
from case_settings import with_settings
from pxr import Usd, UsdShade

from sparselbm.case import (
    Case,
    CaseBoundary,
    CaseDomain,
    CaseFluid,
    CaseImage,
    CaseObstacle,
    CaseOpening,
    CaseSolver,
    CaseStream,
    CaseStudy,
    CaseTime,
    SceneFile,
)
from sparselbm.case.case_kind import BODY, IMAGE, VESSEL
from sparselbm.case.vessel_file import write_vessel_case
from sparselbm.case.write import write_image_template, write_template
from sparselbm.design import ForceConstraint
from sparselbm.errors import CaseError, SceneError
from sparselbm.flows import SideInlet, SideOutlet, SideWall, WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.models.boundary import Y_MAX, Y_MIN, Z_MIN
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import Scene


@pytest.fixture
def scene(tmp_path):
    return write_scene(tmp_path / "scene.usda")


GIVEN = {
    "stream": CaseStream(velocity=(30.0, 0.0, 0.0), road=True), "fluid": CaseFluid(viscosity=0.5, density=1.2),
    "solver": CaseSolver(collision="Cumulant"), "time": CaseTime(duration=2.0),
    "boundary": {"yMin": CaseBoundary(kind="wall"), "yMax": CaseBoundary(kind="movingWall", velocity=(1.0, 0.0, 0.0))},
}


def without_comments(path):
    """The file without the lines that are comments."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.lstrip().startswith("#") or line == "#usda 1.0"))
    return path


def same(one, other):
    """Whether two cases of a scene have the same settings; sides that are slip are as those that are not set."""
    for each in fields(Case):
        if each.name not in ("scene", "source", "design", "boundary"):
            assert getattr(one, each.name) == getattr(other, each.name), each.name
    assert replace(one.design, prim=None) == replace(other.design, prim=None)
    sides = [{name: each for name, each in case.boundary.items() if each != CaseBoundary()} for case in (one, other)]
    assert sides[0] == sides[1]
    return True


@pytest.mark.parametrize("given", [{}, GIVEN])
@pytest.mark.parametrize("suffix", [".usda", ".toml"])
def test_a_template_is_the_defaults_and_the_settings_that_were_given(scene, suffix, given):
    before, case = scene.read_bytes(), case_of(scene, **given)
    path = template(scene, suffix, case)
    found = Case.open(path)
    assert same(found, case)
    assert found.tunnel == case.tunnel
    assert found.setup(found.read_scene()).bounds.tolist() == case.setup(case.read_scene()).bounds.tolist()
    assert scene.read_bytes() == before
    if suffix == ".usda":
        assert found.design.prim == "/World/Body"
        assert validate_stage(path) == []
    bare = scene.with_name(f"bare{suffix}")
    shutil.copy(path, bare)
    assert same(Case.open(without_comments(bare)), case)


@pytest.mark.parametrize("suffix", [".usda", ".toml"])
def test_every_part_of_a_body_is_in_its_template_and_every_setting_has_its_default(scene, suffix):
    """Each commented setting that has a value is that value: with all that do not exclude each other, the case is the same."""
    path = template(scene, suffix)
    lines, excluded = path.read_text().splitlines(), set()
    for part in BODY.parts:
        if suffix == ".toml":
            assert any(line.removeprefix("# ").startswith((f"[{part.space}]", f"[{part.space}.")) for line in lines), part
        for name, known in BODY.entries(part).items():
            space = f"sparselbm:{part.space}:" if suffix == ".usda" else ""
            if not (suffix == ".usda" and known.composed):  # A stage expresses these by itself.
                assert any(name in line and space in line for line in lines), name
            if known.only or known.instead_of:
                excluded.add(name)
    examples = [k for k, line in enumerate(lines) if line.startswith(("# [", "# def "))]
    is_example, found = False, []
    for k, line in enumerate(lines):
        is_example = k in examples or (is_example and not line.startswith("["))
        setting = line.lstrip().removeprefix("# ")
        name = setting.partition(" =")[0].rpartition(" ")[2].rpartition(":")[2]
        is_setting = line.lstrip().startswith("# ") and " = " in setting and not is_example
        found.append(setting if is_setting and name not in excluded else line)
    assert sum(a != b for a, b in zip(lines, found, strict=True)) > 20
    path.write_text("\n".join(found))
    assert same(Case.open(path), case_of(scene))


def test_the_templates_of_vessels_and_images_have_the_parts_that_matter(tmp_path):
    np.save(tmp_path / "rock.npy", np.zeros((4, 4, 4), bool))
    image = Case(scene=SceneFile(file=str(tmp_path / "rock.npy")), image=CaseImage(pore=(0,)), domain=CaseDomain(voxel_size=1e-6))
    path = write_image_template(image)
    assert Case.open(path).image.pore == (0,)
    assert same(replace(Case.open(path), image=image.image), image)
    spaces = {line.strip("#[] ") for line in path.read_text().splitlines() if line.startswith("[")}
    assert spaces == {part.space for part in IMAGE.parts} == {"scene", "domain", "fluid", "solver", "image", "output"}
    mesh = TriangleMesh.sphere(1.0, subdivisions=1)
    openings = {"In": CaseOpening(kind="inlet", velocity=0.2), "Out": CaseOpening(kind="outlet")}
    vessel = tmp_path / "vessel.usda"
    fluid = CaseFluid(viscosity=1e-6)
    write_vessel_case(
        vessel, mesh, {"In": mesh, "Out": mesh}, openings, metres_per_unit=0.001, up_axis="Z", settings={"fluid": fluid},
    )
    found, text = Case.open(vessel), vessel.read_text()
    assert (found.surface, found.fluid) == ("/Vessel/Wall", fluid)
    assert found.opening == {f"/Vessel/{name}": each for name, each in openings.items()}
    for part in VESSEL.parts:
        assert f"{part.schema()}" in text
    assert all(text.count(f"sparselbm:opening:{name}") == 1 for name in CaseOpening.entries() if name != "kind")


def test_variants_and_models_of_ones_own_are_written_for_the_folder_of_the_case(tmp_path):
    scene = write_scene(tmp_path / "scene.usda")
    (tmp_path / "mine.py").write_text("from sparselbm.models.collision import TRT\n\n\nclass Mine(TRT):\n    pass\n")
    case = case_of(scene, solver=CaseSolver(collision=f"{tmp_path / 'mine.py'}:Mine(magic=0.2)"))
    case = replace(case, scene=replace(case.scene, variants={"/World:size": "large", "/World/Body:shape": "round"}))
    (tmp_path / "studies").mkdir()
    for suffix in (".usda", ".toml"):
        path = write_template(case, plain_scene(case_of(scene)), tmp_path / "studies" / f"one{suffix}")
        assert str(tmp_path) not in path.read_text()
        assert Case.open(path).solver.collision.endswith("../mine.py:Mine(magic=0.2)")
    assert 'string size = "large"' in (tmp_path / "studies" / "one.usda").read_text()
    assert Case.open(tmp_path / "studies" / "one.toml").scene.variants == case.scene.variants


def test_the_members_of_a_collection_have_the_role_of_its_prim(tmp_path):
    """In a stage, in TOML and in Python; the design, the case that `init` writes, and the rotation belong to the members."""
    scene = write_scene(tmp_path / "scene.usda")
    stage = Usd.Stage.Open(str(scene))
    car = Usd.CollectionAPI.Apply(stage.GetPrimAtPath("/World"), "car")
    car.CreateIncludesRel().SetTargets(["/World/Body", "/World/Other"])
    stage.GetRootLayer().Save()
    name = "/World.collection:car"
    python = case_of(scene, name)
    assert python.obstacle == case_of(scene, "/World", collection="car").obstacle
    for suffix in (".usda", ".toml"):
        path = template(scene, suffix, python)
        case = Case.open(path)
        assert case.obstacle == python.obstacle, suffix
        setup = case.setup(case.read_scene())
        assert set(setup.obstacle.split(",")) == {"/World/Body", "/World/Other"}
        CaseStudy.of(case, setup)
    turning = CaseObstacle(collection="car", rpm=60.0, rotation_axis=(0.0, 0.0, 1.0))
    case = replace(case_of(scene, "/World/Copy"), obstacle={"/World/Copy": CaseObstacle(role="design"), "/World": turning})
    assert set(case.setup(case.read_scene()).options.rotating) == {"/World/Body", "/World/Other"}
    with_settings(tmp_path / "case.usda", {"obstacle:rpm": 60.0})
    with pytest.raises(CaseError, match=r"^/World: sparselbm:obstacle:rpm is 60"):
        Case.open(tmp_path / "case.usda")
    with_settings(tmp_path / "case.usda", {"obstacle:rpm": None, "obstacle:motion": "timeSamples", "time:duration": 1.0})
    with pytest.raises(CaseError, match=r"^/World: sparselbm:obstacle:motion is .* collection are no rigid body"):
        Case.open(tmp_path / "case.usda")
    with pytest.raises(SceneError, match=r"/World.collection:cat: no such prim"):
        case_of(scene, "/World", collection="cat").read_scene()


def test_the_prims_of_a_material_have_the_role_of_the_material(tmp_path):
    scene = write_scene(tmp_path / "scene.usda")
    stage = Usd.Stage.Open(str(scene))
    steel = UsdShade.Material.Define(stage, "/Looks/Steel")
    for name in ("/World/Body", "/World/Other"):
        UsdShade.MaterialBindingAPI.Apply(stage.GetPrimAtPath(name)).Bind(steel)
    stage.GetRootLayer().Save()
    for suffix in (".usda", ".toml"):
        case = Case.open(template(scene, suffix, case_of(scene, "/Looks/Steel")))
        setup = case.setup(case.read_scene())
        assert set(setup.obstacle.split(",")) == {"/World/Body", "/World/Other"}
        CaseStudy.of(case, setup)


def test_a_scene_that_has_the_names_of_the_template_keeps_its_prims(tmp_path):
    scene = write_scene(tmp_path / "scene.usda")
    stage = Usd.Stage.Open(str(scene))
    for name in ("Case", "Case1", "Scalar"):
        stage.DefinePrim(f"/{name}", "Scope")
    stage.GetRootLayer().Save()
    text = template(scene).read_text()
    assert 'def Scope "Case2"' in text
    assert '# def Scope "Scalar1"' in text


def test_values_of_every_kind_are_alike_in_usd_and_toml(scene):
    settings = {
        "domain:voxelSize": 0.05, "fluid:viscosity": 0.0625, "objective:crossCheck": False, "boundary:zMin:kind": "movingWall",
        "boundary:zMin:velocity": (1.0, 0.0, 0.0), "design:controlPoints": (5, 3, 3), "output:folder": "out",
        "boundary:xMin:kind": "inlet", "boundary:xMin:velocity": (1.0, 0.0, 0.0), "boundary:xMax:kind": "outlet",
        "constraint:lift:kind": "force", "constraint:lift:direction": (0.0, 0.0, 2.0), "constraint:lift:lower": 0.1,
    }
    usd = altered(with_settings(template(scene), {name: each for name, each in settings.items() if "lift" not in name}), (
        '"SparselbmOutputAPI"]', '"SparselbmOutputAPI", "SparselbmConstraintAPI:lift"]',
    ), ("uniform double sparselbm:fluid:viscosity", "uniform float sparselbm:fluid:viscosity"))
    with_settings(usd, {name: each for name, each in settings.items() if "lift" in name})
    one, other = Case.open(usd), Case.open(with_settings(template(scene, ".toml"), settings))
    assert same(one, other)
    assert one.fluid.viscosity == 0.0625
    assert one.tunnel == other.tunnel
    setup = one.setup(one.read_scene())
    assert setup.options.reynolds == pytest.approx(1.0 * 1.0 / 0.0625)


def test_a_case_composes_wherever_its_folder_is_moved_to(tmp_path):
    (tmp_path / "a" / "studies").mkdir(parents=True)
    scene = write_scene(tmp_path / "a" / "scene.usda")
    for suffix in (".usda", ".toml"):
        write_template(case_of(scene), Scene.open(scene), tmp_path / "a" / "studies" / f"body{suffix}")
    shutil.move(tmp_path / "a", tmp_path / "b")
    for suffix in (".usda", ".toml"):
        case = Case.open(tmp_path / "b" / "studies" / f"body{suffix}")
        assert case.read_scene().body("/World/Body").mesh.volume == pytest.approx(1.0)
        assert case.design_obstacle == "/World/Body"


def test_an_instance_is_named_in_place_of_what_stands_in_it(scene):
    path = write_template(case_of(scene, "/World/Copy/Surface"), Scene.open(scene), scene.with_name("copy.usda"))
    case = Case.open(path)
    assert case.design_obstacle == "/World/Copy"
    assert case.setup(case.read_scene()).mesh.volume == pytest.approx(1.0)


def test_templates_spare_scenes_and_former_cases(scene):
    read = Scene.open(scene)
    with pytest.raises(CaseError, match=r"3 bodies and no obstacle specified.*/World/Body"):
        write_template(Case(scene=SceneFile(file=str(scene))), read)
    with pytest.raises(CaseError, match="is the scene itself"):
        write_template(case_of(scene), read, scene)
    with pytest.raises(CaseError, match=r"ends with \.usda or \.toml"):
        write_template(case_of(scene), read, scene.with_suffix(".usdc"))
    with pytest.raises(CaseError, match="/ is the whole scene, to which no schema can be applied"):
        write_template(case_of(scene, "/"), read)
    written = template(scene)
    with pytest.raises(CaseError, match=r"case.usda contains the settings of a case already on /Case, /World/Body: edit them"):
        write_template(Case.open(written), read)
    with pytest.raises(FileExistsError, match="exists: pass overwrite"):
        template(scene)


def test_variants_that_are_chosen_bring_their_own_settings(scene):
    path = altered(template(scene), (
        'def Scope "Case" (', 'def Scope "Case" (\n    variants = {\n        string speed = "slow"\n    }\n'
        '    prepend variantSets = "speed"',
    ), ("    # uniform double sparselbm:fluid:reynolds\n", '    variantSet "speed" = {\n'
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
    parts = next(each for each in blocks if each.startswith("usda\n"))
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
    layer.write_text(parts.removeprefix("usda\n"))
    assert Case.open(layer).opening == {
        "/Room/Window": CaseOpening(kind="inlet", velocity=0.5, direction=(1.0, -0.5, 0.0)),
        "/Room/Door": CaseOpening(kind="outlet"),
    }
    tree = Path(__file__).parents[2] / "assets" / "vessel_tree.usda"
    layer.write_text(head.replace("./scene.usda", str(tree)) + inside)
    case = Case.open(layer)
    assert case.surface == "/World/Vessels"
    assert case.opening["/World/Inlet"] == CaseOpening(kind="inlet", velocity=0.1, profile="laminar")

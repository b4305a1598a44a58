"""Errors of a case are refused before any work, naming the place, the value and the allowed values."""

import pytest
from case_files import altered, template, write_scene

from sparselbm.case import Case, CaseStudy
from sparselbm.design import ForceConstraint, PressureDropConstraint
from sparselbm.design.constraint import BoundingBox, FixedVolume, MinimumThickness
from sparselbm.design.optimizer import Adam
from sparselbm.errors import CaseError, SceneError
from sparselbm.geometry.deformation import FFD, FreeVertices, Rigid

DENSITY = "# uniform double sparselbm:fluid:density = 1\n"
FLUID = '"SparselbmFluidAPI"'
Z_MAX = '"SparselbmBoundaryAPI:zMax"'
WIND = {"boundary:xMin:kind": "inlet", "boundary:xMin:velocity": (1.0, 0.0, 0.0), "boundary:xMax:kind": "outlet"}
"""The stream by its sides."""

USD = [
    # Names that do not exist.
    ([(DENSITY, "uniform double sparselbm:fluid:densty = 1\n")],
     ["/Case: sparselbm:fluid:densty", "did you mean density", "viscosity"]),
    ([(FLUID, '"SparselbmFluitAPI"')], ["/Case", "no such schema SparselbmFluitAPI", "SparselbmFluidAPI"]),
    ([(Z_MAX, '"SparselbmBoundaryAPI:top"')], ["/Case", "SparselbmBoundaryAPI:top", "xMin, xMax, yMin, yMax, zMin, zMax"]),
    ([{"fluid:density": 1.0}, (FLUID + ",", "")],
     ["/Case: sparselbm:fluid:density", "has no effect here", "apply SparselbmFluidAPI"]),
    ([(DENSITY, "uniform double sparselbm:weather = 1\n")], ["sparselbm:weather", "scene, obstacle, opening, domain"]),
    ([("# uniform double sparselbm:scene:time", 'uniform string sparselbm:scene:file = "x.usd"')],
     ["/Case: sparselbm:scene:file", "no such attribute", "time, subdivisionLevels"]),
    # Values of another kind, or out of range.
    ([(DENSITY, 'uniform string sparselbm:fluid:density = "air"\n')],
     ["/Case: sparselbm:fluid:density", "'air'", "a finite number in kg/m3"]),
    ([(DENSITY, "uniform double sparselbm:fluid:density = nan\n")], ["sparselbm:fluid:density", "nan", "finite"]),
    ([{"fluid:density": -1.0}], ["sparselbm:fluid:density is -1", "above 0"]),
    ([(DENSITY, "double sparselbm:fluid:density.timeSamples = {1: 2, 2: 3}\n")], ["sparselbm:fluid:density", "varies in time"]),
    ([{"solver:collision": "TTR"}], ["/Case: sparselbm:solver:collision", "'TTR'", "did you mean TRT"]),
    # Settings that contradict each other.
    ([WIND, {"fluid:viscosity": 0.1, "fluid:reynolds": 60.0}], ["fluid:viscosity", "fluid:reynolds", "contradict"]),
    ([{"domain:lower": (0.0, 0.0, 0.0), "domain:upstream": 2.0}], ["domain:lower", "domain:upstream", "contradict"]),
    ([("# uniform int sparselbm:objective:iterations = 10", "uniform double sparselbm:design:maxDisplacement = 1")],
     ["/Case: sparselbm:design:maxDisplacement", "apply SparselbmDesignAPI"]),
    ([{"design:smoothing": 1.0}], ["/World/Body: sparselbm:design:smoothing", "kind vertices", "is ffd", "remove it"]),
    ([{"design:kind": "vertices"}], ["/World/Body: sparselbm:design:smoothing is missing", "[m]"]),
    ([('over "Body" (', 'over "Other" (\n prepend apiSchemas = ["SparselbmDesignAPI"]\n)\n{\n}\nover "Body" (')],
     ["/World/Body", "SparselbmDesignAPI", "/World/Other", "one is allowed"]),
    ([('over "World"', 'over "World" (\n prepend apiSchemas = ["SparselbmObstacleAPI"]\n)'),
      ('over "Body" (', 'token sparselbm:obstacle:role = "ignored"\nover "Body" (')], ["/World/Body", "below /World", "ignored"]),
    ([{"solver:collision": "Cumulant", "solver:lattice": "D3Q19"}],
     ["/Case: sparselbm:solver:collision is Cumulant", "lattice is D3Q19: Cumulant does not support D3Q19"]),
    # Where someone else's case may not write.
    ([{"output:folder": "out/../../over_there"}],
     ["/Case: sparselbm:output:folder is 'out/../../over_there'", "inside the case's folder", "--output"]),
    # Sides that a tunnel cannot have.
    ([{"boundary:xMin:kind": "outlet", "boundary:xMax:kind": "outlet"}],
     ["/Case: sparselbm:boundary:xMin:kind", "an outlet, but the free stream along +x enters there", "make it an inlet"]),
    ([{"boundary:xMin:kind": "wall", "boundary:xMax:kind": "outlet"}],
     ["/Case: sparselbm:boundary:xMin:kind: no side is an inlet, and 1 are outlets", "an acceleration"]),
    ([WIND, {"boundary:xMax:kind": "wall"}],
     ["/Case: sparselbm:boundary:xMin:kind: the side is an inlet, but no side is an outlet", "make a side an outlet"]),
    ([WIND, {"boundary:yMin:kind": "inlet"}],
     ["/Case: sparselbm:boundary:yMin:kind", "the stream along +x does not enter there", "a velocity of its own"]),
    ([WIND, {"boundary:yMin:kind": "periodic"}],
     ["/Case: sparselbm:boundary:yMin:kind: the side is periodic, but y_max is free slip", "make both periodic"]),
    ([WIND, {"boundary:yMax:kind": "inlet", "boundary:yMax:velocity": (0.0, 0.5, 0.0)}],
     ["/Case: sparselbm:boundary:yMax:velocity: the velocity is (0.0, 0.5, 0.0) m/s, which does not point into the box",
      "below 0"]),
    ([{"stream:velocity": (0.0, 0.0, 0.0)}], ["/Case: sparselbm:stream:velocity", "not be 0"]),
    ([{"stream:profile": "LogLawProfile(reference_height=0)"}],
     ["/Case: sparselbm:stream:profile", "reference_height of LogLawProfile is 0", "above 0"]),
    ([{"obstacle:rpm": 100.0}], ["/World/Body: sparselbm:obstacle:rpm is 100", "rotationAxis is missing", "give both"]),
    ([{"obstacle:rpm": 100.0, "obstacle:rotationAxis": (0.0, 0.0, 0.0)}],
     ["/World/Body: sparselbm:obstacle:rpm", "axis", "not 0"]),
    ([WIND, {"boundary:yMin:kind": "wall", "boundary:yMin:roughnessLength": -0.1}],
     ["/Case: sparselbm:boundary:yMin:roughnessLength is -0.1", "above 0"]),
    ([WIND, {"boundary:yMin:roughnessLength": 0.1}], ["/Case: sparselbm:boundary:yMin:roughnessLength", "wall", "is slip"]),
    ([WIND, {"boundary:yMin:kind": "movingWall", "boundary:yMin:velocity": (0.0, 1.0, 0.0)}],
     ["/Case: sparselbm:boundary:yMin:velocity", "along y must be 0"]),
    ([WIND, {"boundary:xMin:velocity": (-1.0, 0.1, 0.0)}],
     ["sparselbm:boundary:xMin:velocity: the velocity is (-1.0, 0.1, 0.0) m/s", "must be above 0", "use an outlet"]),
    ([WIND, {"boundary:yMin:velocity": (0.0, 0.0, 0.0)}],
     ["/Case: sparselbm:boundary:yMin:velocity", "inlet or movingWall", "is slip"]),
    ([WIND, {"boundary:xMin:profile": "parabola"}],
     ["sparselbm:boundary:xMin:profile", "yMin, yMax, zMin, zMax", "wall"]),
]

TOML = [
    ([("[fluid]", "[liquid]")], ["case.toml: no such table [liquid]", "fluid"]),
    ([("# density = 1.0", "densty = 1.0")], ["case.toml: fluid.densty", "did you mean density"]),
    ([{"fluid:density": "air"}], ["case.toml: fluid.density", "'air'", "a finite number"]),
    ([{"fluid:density": True}], ["case.toml: fluid.density", "True", "a finite number"]),
    ([("# [boundary.zMin]", "[boundary.top]")], ["case.toml: boundary.top", "xMin, xMax"]),
    ([{"obstacle:/World/Body:role": "car"}],
     ['case.toml: obstacle."/World/Body".role', "'car'", "fixed, design, ignored"]),
    ([{"scene:file": None}], ["case.toml: scene.file is missing"]),
    ([WIND, {"fluid:viscosity": 0.1, "fluid:reynolds": 60.0}],
     ["case.toml: fluid.viscosity is 0.1 and case.toml: fluid.reynolds is 60", "contradict", "keep two"]),
    ([("[fluid]", "[fluid")], ["case.toml", "not valid TOML"]),
    ([("# [boundary.zMin]", "[boundary]\nxMin = 1\n[boundary.x]")], ["case.toml: boundary.xMin is 1", "must be a table"]),
    ([{"domain:lower": (0.0, 0.0, 0.0)}], ["case.toml: domain.upper is missing", "both"]),
    ([{"output:folder": "/over_there"}], ["case.toml: output.folder is '/over_there'", "inside the case's folder"]),
    ([{"objective:iterations": 2.5}], ["case.toml: objective.iterations", "a whole number"]),
]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The scene, and its case as USD and as TOML."""
    scene = write_scene(tmp_path_factory.mktemp("errors") / "scene.usda")
    return scene.read_text(), {suffix: template(scene, suffix).read_text() for suffix in (".usda", ".toml")}


@pytest.fixture
def opened(texts, tmp_path):
    """Opens a case with changes in it; each in a folder of its own, for USD remembers files."""

    def open_case(changes, suffix=".usda"):
        scene, cases = texts
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / "scene.usda").write_text(scene)
        (folder / f"case{suffix}").write_text(cases[suffix])
        return Case.open(altered(folder / f"case{suffix}", *changes))

    return open_case


def test_several_design_prims_are_one_body_and_any_prim_may_be_ignored(opened):
    """Roles on the stage: /World/Body and /World/Other are measured together; then all of /World but /World/Other is."""
    role = '(\n prepend apiSchemas = ["SparselbmObstacleAPI"]\n)\n{\n    token sparselbm:obstacle:role = "%s"\n'
    case = opened([('over "Body" (', 'over "Other" ' + role % "design" + '}\nover "Body" (')])
    scene = case.read_scene()
    assert set(case.setup(scene).obstacle.split(",")) == {"/World/Body", "/World/Other"}
    case = opened([('[obstacle."/World/Body"]', '[obstacle."/World/Other"]\nrole = "ignored"\n[obstacle."/World"]')], ".toml")
    scene = case.read_scene()
    assert case.setup(scene).obstacle == "/World"
    assert {"/World/Body", "/World/Other"} & {part.path for part in scene.body("/World").parts} == {"/World/Body"}


@pytest.mark.parametrize(("suffix", "changes", "parts"), [
    *((".usda", *each) for each in USD), *((".toml", *each) for each in TOML),
])
def test_refused_with_place_value_and_what_is_allowed(opened, suffix, changes, parts):
    with pytest.raises(CaseError) as refused:
        opened(changes, suffix)
    assert all(part in str(refused.value) for part in parts), str(refused.value)


def test_prims_that_are_not_there_and_what_stands_in_instances(opened):
    with pytest.raises(CaseError, match=r"/World/Bodi: .*the scene does not have; did you mean /World/Body"):
        opened([('over "Body" (', 'over "Bodi" (')])
    with pytest.raises(SceneError, match=r"/World/Bodi: no such prim.*did you mean /World/Body"):
        opened([("/World/Body", "/World/Bodi")], ".toml").read_scene()
    surface = 'over "Surface" (\n prepend apiSchemas = ["SparselbmObstacleAPI"]\n)\n{\n}\n'
    inside = f'\nover "Parts"\n{{\nover "Box"\n{{\n{surface}}}\n}}\n'
    with pytest.raises(CaseError, match=r"/World/Copy/Surface.*inside an instance.*/World/Copy itself"):
        opened([('\nover "World"', inside + 'over "World"')])


def test_a_design_belongs_to_the_design_obstacle(opened):
    case = opened([("[design]", '[design]\nprim = "/World/Other"')], ".toml")
    with pytest.raises(CaseError, match=r"case.toml: design.kind is ffd on /World/Other, .*/World/Body"):
        CaseStudy.of(case, case.setup(case.read_scene()))


def study_of(opened, design, constraints=""):
    changes = [('# kind = "ffd"\n', f"{design}\n"), ("[domain]", f"{constraints}\n[domain]")]
    case = opened(changes, ".toml")
    return CaseStudy.of(case, case.setup(case.read_scene())).problem


def test_designs_and_constraints_become_those_of_the_package(opened):
    ffd = study_of(opened, 'kind = "ffd"\ncontrolPoints = [5, 3, 3]\nmaxDisplacement = 0.1')
    assert ffd.variables.deformation == FFD((5, 3, 3), limit=0.1)
    rigid = study_of(opened, 'kind = "rigid"')
    assert rigid.variables.deformation == Rigid(rotate=True, max_translation=0.12)
    assert rigid.constraints == ()
    vertices = study_of(opened, 'kind = "vertices"\nsmoothing = 0.2')
    assert vertices.variables.deformation == FreeVertices(0.2, limit=0.12)
    assert isinstance(vertices.optimizer, Adam)
    case = opened([{"design:kind": "xformOps", "design:varyOps": ("xformOp:translate=10,0,0",)}])
    moved = CaseStudy.of(case, case.setup(case.read_scene()))
    assert moved.ops is not None
    assert moved.ops.prim == "/World/Body"
    assert moved.problem.variables.deformation is moved.ops.deformation
    assert moved.problem.constraints == ()
    constraints = """
[constraint.thin]
kind = "thickness"
thickness = 0.1
[constraint.room]
kind = "box"
lowerCorner = [-1, -1, -1]
upperCorner = [1, 1, 1]
[constraint.lift]
kind = "force"
direction = [0, 0, 2]
lower = 0.1
[constraint.loss]
kind = "pressureDrop"
upper = 3
"""
    assert study_of(opened, "", constraints).constraints == (
        FixedVolume(), MinimumThickness(thickness=0.1), BoundingBox((-1, -1, -1), (1, 1, 1)),
        ForceConstraint(direction=(0.0, 0.0, 1.0), lower=0.1, name="lift"), PressureDropConstraint(upper=3.0, name="loss"),
    )
    with pytest.raises(CaseError, match=r"constraint.loss.lower is missing, and so is upper"):
        study_of(opened, "", '[constraint.loss]\nkind = "pressureDrop"')

"""The sides of a case are those of the flow."""

from dataclasses import replace

import numpy as np
import pytest
from case_files import write_scene
from pxr import Sdf, Usd, UsdGeom

from sparselbm.case import (
    Case,
    CaseBoundary,
    CaseDomain,
    CaseFluid,
    CaseObstacle,
    CaseOpening,
    CaseReference,
    CaseSolver,
    CaseStream,
    SceneFile,
)
from sparselbm.case.source import Source
from sparselbm.errors import CaseError
from sparselbm.flows import BodyRotation
from sparselbm.geometry import TriangleMesh
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    FreeSlip,
    MovingWall,
    Parabola,
    PressureOutlet,
    VelocityInlet,
)
from sparselbm.models.condition_groups import in_order
from sparselbm.scene.usd import Scene
from sparselbm.solver import Simulation

BODIES = {"ball": TriangleMesh.sphere(0.5, subdivisions=2)}
WIND, OUT = CaseBoundary(kind="inlet", velocity=(2.0, 0.0, 0.0)), CaseBoundary(kind="outlet")


def setup_of(**parts):
    return Case(scene=SceneFile(file="ball.usda"), **parts).tunnel.around(BODIES, "ball")


def test_slip_applies_before_walls_and_these_before_inlet_and_outlet_those_at_rest_after_those_that_slide():
    sides = {
        "xMin": WIND, "xMax": OUT, "yMin": CaseBoundary(kind="wall"),
        "zMin": CaseBoundary(kind="movingWall", velocity=(1.0, 0.5, 0.0)),
        "zMax": CaseBoundary(kind="symmetry"),
    }
    *slips, road, wall, inlet, outlet = in_order(setup_of(boundary=sides).boundaries)
    assert inlet == VelocityInlet(X_MIN, (0.08, 0.0, 0.0))
    assert isinstance(road, MovingWall)
    assert road.face == Z_MIN
    assert road.velocity == pytest.approx((0.04, 0.02, 0.0))  # 0.08 cells / step are 2 m / s.
    assert wall == MovingWall(Y_MIN, (0.0, 0.0, 0.0))
    assert slips == [FreeSlip(Y_MAX), FreeSlip(Z_MAX)]
    assert isinstance(outlet, PressureOutlet)
    assert outlet.face == X_MAX


def test_a_parabola_between_four_walls():
    walls = {side: CaseBoundary(kind="wall") for side in ("yMin", "yMax", "zMin", "zMax")}
    inlet = CaseBoundary(kind="inlet", velocity=(2.0, 0.0, 0.0), profile="parabola")
    conditions = setup_of(boundary={"xMin": inlet, "xMax": OUT, **walls}).boundaries
    assert conditions[0] == VelocityInlet(X_MIN, (0.08, 0.0, 0.0), profile=Parabola(0))
    assert not any(isinstance(each, FreeSlip) for each in conditions)


def test_corners_and_viscosity_stand_in_place_of_margins_and_reynolds_number():
    setup = setup_of(
        domain=CaseDomain(voxel_size=0.05, lower=(-1.5, -1.0, -1.1), upper=(2.5, 1.0, 1.0)),
        fluid=CaseFluid(viscosity=0.02),
        boundary={"xMin": WIND, "xMax": OUT},
    )
    assert setup.bounds[0] == pytest.approx([-1.5, -1.0, -1.1])
    assert setup.shape == (80, 40, 48)  # 80, 40 and 42 cells, in whole tiles.
    assert setup.options.reynolds == pytest.approx(2.0 * setup.length / 0.02)
    assert setup.units.viscosity == pytest.approx(0.02)
    assert setup.refined(1.25).units.viscosity == pytest.approx(0.02)


def test_a_road_that_moves_with_the_wind_leaves_uniform_flow_as_it_is_and_one_at_rest_slows_it(device):
    def flow(road):
        setup = setup_of(
            domain=CaseDomain(voxel_size=0.1, upstream=0.5, downstream=0.5, side=0.3), solver=CaseSolver(precision="double"),
            boundary={"xMin": WIND, "xMax": OUT, "zMin": road},
        )
        simulation = Simulation(
            replace(setup, device=device).domain, viscosity=setup.units.lattice_viscosity, lattice=setup.options.lattice,
            collision=setup.options.collision, boundaries=setup.boundaries, precision=setup.options.precision,
        )
        simulation.set_state(1.0, (0.08, 0.0, 0.0))
        simulation.run(60)
        return np.array([simulation.domain.dense(each) for each in np.moveaxis(simulation.velocity(), -1, 0)])

    still = flow(CaseBoundary(kind="movingWall", velocity=(2.0, 0.0, 0.0)))
    assert np.abs(still[0] - 0.08).max() < 1e-12
    assert np.abs(still[1:]).max() < 1e-12
    slowed = flow(CaseBoundary(kind="wall"))
    middle = slowed[0][8, 8]
    assert middle[0] < 0.5 * 0.08
    assert middle[-1] > 0.99 * 0.08


def test_the_stream_of_a_case_turns_and_what_follows_it_turns_too():
    """The inlet and the outlet of the straight stream follow it; a road that slides does not."""
    sides = {"xMin": WIND, "xMax": OUT, "zMin": CaseBoundary(kind="movingWall", velocity=(2.0, 0.0, 0.0))}
    setup = setup_of(boundary=sides, stream=CaseStream(yaw=100.0), reference=CaseReference(moment_centre=(0.1, 0.0, 0.0)))
    assert setup.options.stream.axis == 1
    assert {each.face for each in setup.boundaries if isinstance(each, VelocityInlet)} == {X_MAX, Y_MIN}
    assert setup.units.velocity == 2.0
    assert setup.body.moment_centre == pytest.approx((0.1, 0.0, 0.0))


def test_a_wheel_of_a_case_is_each_body_below_its_prim(tmp_path):
    scene = Scene.open(write_scene(tmp_path / "scene.usda"))
    roles = {"/World/Body": CaseObstacle(role="design"), "/World/Copy": CaseObstacle(rpm=60.0, rotation_axis=(0.0, 0.0, 1.0))}
    case = Case(scene=SceneFile(file=str(scene.path)), obstacle=roles, domain=CaseDomain(voxel_size=0.1))
    options = case.setup(scene).options
    assert options.rotating == {"/World/Copy/Surface": BodyRotation(axis=(0.0, 0.0, 1.0), rpm=60.0)}
    with pytest.raises(CaseError, match=r"rpm is 60, but the prim is part of a larger body.*a body of its own"):
        case.setup(scene.joined("/World"))


def test_the_velocity_over_an_inlet_from_a_file(tmp_path):
    (tmp_path / "inflow.csv").write_text("x, y, z, u, v, w\n0, -1, 0, 1, 0, 0\n0, 1, 0, 3, 0, 0.5\n")
    sides = {"xMin": CaseBoundary(kind="inlet", table="inflow.csv"), "xMax": OUT}
    source = Source(tmp_path / "case.toml")
    case = Case(scene=SceneFile(file="ball.usda"), boundary=sides, source=source)
    assert case.openings.velocity == pytest.approx((2.0, 0.0, 0.25))
    for text, message in (("x,y,z,u,v\n", "lacks the columns w"), ("x,y,z,u,v,w\n0,0,0,1,a,0\n", "line 2.*six finite numbers")):
        (tmp_path / "inflow.csv").write_text(text)
        with pytest.raises(CaseError, match=message):
            Case(scene=SceneFile(file="ball.usda"), boundary=sides, source=source)
    missing = CaseBoundary(kind="inlet", table="missing.csv")
    with pytest.raises(CaseError, match=r"there is no file .*missing.csv"):
        Case(scene=SceneFile(file="ball.usda"), boundary={**sides, "xMin": missing}, source=source)


def test_viscosity_and_reynolds_number_give_the_velocity_unless_it_is_specified_too():
    fluid = CaseFluid(viscosity=0.05, reynolds=40.0)
    assert setup_of(fluid=fluid).units.velocity == pytest.approx(2.0)
    with pytest.raises(CaseError, match=r"viscosity is 0.05 and .*reynolds is 40, which contradict.*keep two of the three"):
        setup_of(fluid=fluid, boundary={"xMin": WIND, "xMax": OUT})


def room_scene(path):
    """A box in a room of 2.4 x 1.6 x 1.6 m in centimetres, with a window and a door in its sides."""
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    table = UsdGeom.Cube.Define(stage, "/Table")
    table.CreateSizeAttr(82.0)
    table.AddTranslateOp().Set((120.0, 80.0, 80.0))
    for name, x, low, high in (("Window", 0.0, (40.0, 60.0), (93.0, 120.0)), ("Door", 240.0, (20.0, 0.0), (80.0, 120.0))):
        (a, c), (b, d) = low, high
        mesh = UsdGeom.Mesh.Define(stage, f"/{name}")
        mesh.CreatePointsAttr([(x, a, c), (x, b, c), (x, b, d), (x, a, d)])
        mesh.CreateFaceVertexCountsAttr([4])
        mesh.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    stage.Save()
    return path


FAN = CaseOpening(kind="inlet", flow_rate=0.1, direction=(1.0, 0.2, 0.0))
ROOM_WALLS = {side: CaseBoundary(kind="wall") for side in ("xMin", "xMax", "yMin", "yMax", "zMin", "zMax")}
ROOM = {
    "domain": CaseDomain(voxel_size=0.1, lower=(0.0, 0.0, 0.0), upper=(2.4, 1.6, 1.6)), "fluid": CaseFluid(reynolds=10.0),
    "boundary": ROOM_WALLS, "stream": CaseStream(velocity=(0.5, 0.0, 0.0)),
}


def test_a_window_and_a_door_of_a_case_are_openings_in_its_walls(tmp_path):
    scene = SceneFile(file=str(room_scene(tmp_path / "room.usda")))
    case = Case(scene=scene, opening={"/Window": FAN, "/Door": CaseOpening(kind="outlet", pressure=0.01)}, **ROOM)
    setup = case.setup(case.read_scene())
    assert setup.obstacle == "/Table"
    assert list(setup.bodies) == ["/Table"]
    found = {each.face.name: each for each in setup.boundaries}
    cells = found["/Window"].face.cells(setup.domain).sum()
    velocity = setup.units.velocity_to_si(np.array(found["/Window"].velocity))
    assert velocity == pytest.approx(np.array((1.0, 0.2, 0.0)) * 0.1 / (cells * 0.1**2))
    assert setup.reference_pressure == 0.01
    assert isinstance(found["/Door"], PressureOutlet)
    assert isinstance(found["x_min"], MovingWall)
    assert setup.options.all_sides.is_still, "the air is at rest at first"


@pytest.mark.parametrize(("opening", "changes", "message"), [
    (CaseOpening(kind="inlet"), {}, r"/Window.*velocity: velocity is None and flow_rate is None: give one"),
    (replace(FAN, profile="laminar"), {}, "profile is laminar, which an opening on a part of a side .*role fluidVolume"),
    (FAN, {"stream": CaseStream()}, "stream.*velocity is missing, and no inlet has a velocity: give the velocity to which"),
    (FAN, {}, "is an inlet, but no side is an outlet"),
])
def test_openings_of_a_case_that_do_not_fit_are_refused_before_the_scene_is_read(opening, changes, message):
    with pytest.raises(CaseError, match=message):
        Case(scene=SceneFile(file="room.usda"), opening={"/Window": opening}, **{**ROOM, **changes})


def axle_scene(path, attribute, word):
    """The scene with an Xform that is turned about y by 90 degrees below one that is moved, both in centimetres."""
    write_scene(path)
    stage = Usd.Stage.Open(str(path))
    UsdGeom.Xform.Define(stage, "/World/Rig").AddTranslateOp().Set((10.0, 20.0, 30.0))
    axle = UsdGeom.Xform.Define(stage, "/World/Rig/Axle")
    axle.AddTranslateOp().Set((0.0, 0.0, 50.0))
    axle.AddRotateYOp().Set(90.0)
    if attribute:
        axle.GetPrim().CreateAttribute(attribute, Sdf.ValueTypeNames.Token).Set(word)
    UsdGeom.Scope.Define(stage, "/World/Nowhere")
    stage.Save()
    return path


AXLES = {
    "z by default": ("", "", (1.0, 0.0, 0.0)), "physics": ("physics:axis", "Y", (0.0, 1.0, 0.0)),
    "gprim": ("axis", "X", (0.0, 0.0, -1.0)),
}


@pytest.mark.parametrize(("attribute", "word", "axis"), AXLES.values(), ids=AXLES)
def test_the_axis_of_a_wheel_is_a_prim(tmp_path, attribute, word, axis):
    scene = Scene.open(axle_scene(tmp_path / "scene.usda", attribute, word))
    roles = {"/World/Body": CaseObstacle(role="design"), "/World/Copy": CaseObstacle(rpm=60.0, rotation_prim="/World/Rig/Axle")}
    case = Case(scene=SceneFile(file=str(scene.path)), obstacle=roles, domain=CaseDomain(voxel_size=0.1))
    [found] = case.setup(scene).options.rotating.values()
    assert found.axis == pytest.approx(axis, abs=1e-9)
    assert found.centre == pytest.approx((0.1, 0.2, 0.8))


@pytest.mark.parametrize(("prim", "word", "message"), [
    ("/World/Nothing", "Z", "rotationPrim is /World/Nothing: no such prim in scene.usda: name an Xform"),
    ("/World/Nowhere", "Z", "/World/Nowhere: a Scope has no place: name an Xform"),
    ("/World/Rig/Axle", "W", "axis is W: it must be X, Y or Z"),
])
def test_a_prim_that_is_no_axis_is_refused(tmp_path, prim, word, message):
    scene = Scene.open(axle_scene(tmp_path / "scene.usda", "axis", word))
    roles = {"/World/Body": CaseObstacle(role="design"), "/World/Copy": CaseObstacle(rpm=60.0, rotation_prim=prim)}
    case = Case(scene=SceneFile(file=str(scene.path)), obstacle=roles, domain=CaseDomain(voxel_size=0.1))
    with pytest.raises(CaseError, match=message):
        case.setup(scene)

"""Free stream at any angle: conditions of the six sides, axes of the forces, profiles, bodies that turn, and refusals."""

from dataclasses import replace

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import UnitsError, WindTunnelError
from sparselbm.flows import (
    Aerodynamics,
    BodyRotation,
    Forces,
    LogLawProfile,
    PowerLawProfile,
    SideInlet,
    SideOutlet,
    SidePeriodic,
    SideSymmetry,
    SideWall,
    Stream,
    TunnelSides,
    VelocityTable,
    WindTunnel,
)
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D3Q27
from sparselbm.models import rigid_velocity
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    FreeSlip,
    LinkPressure,
    MovingWall,
    PressureOutlet,
    VelocityInlet,
)
from sparselbm.models.collision import BGK, RecursiveRegularised
from sparselbm.models.wall import ParabolicInterpolation
from sparselbm.observe import Force
from sparselbm.observe.combination import WeightedSum
from sparselbm.solver import Simulation

BALL = TriangleMesh.sphere(0.5, subdivisions=2)
WHEEL = TriangleMesh.cylinder(0.4, (0.0, -0.1, 0.0), (0.0, 0.1, 0.0))
TUNNEL = WindTunnel(voxel_size=0.1, upstream=0.5, downstream=0.6, side=0.4)
DIRECTIONS = {
    "+x": {}, "-x": {"direction": (-1.0, 0.0, 0.0)}, "-z": {"direction": (0.0, 0.0, -2.0)}, "yaw": {"yaw": 30.0},
    "yaw and rise": {"yaw": -20.0, "angle_of_attack": 15.0}, "mostly y": {"direction": (0.5, -0.6, 0.4)}, "yaw 90": {"yaw": 90.0},
    "rise, y upwards": {"angle_of_attack": 10.0, "up": 1},
}


def around(**changes):
    return replace(TUNNEL, **changes).around({"ball": BALL}, "ball")


@pytest.mark.parametrize("turned", DIRECTIONS.values(), ids=DIRECTIONS)
def test_the_stream_enters_by_inlets_leaves_by_outlets_and_slips_along_the_other_sides(turned):
    setup = around(**turned)
    stream, u = setup.options.stream, setup.options.lattice_velocity * setup.options.stream.unit
    for condition in setup.boundaries:
        entering = stream.entering(condition.face)
        if entering > 0.0:
            assert isinstance(condition, VelocityInlet)
            assert condition.velocity == pytest.approx(u)
        elif entering == 0.0:
            assert isinstance(condition, FreeSlip)
        elif "beside" in condition.face.name:  # Where it meets another outlet.
            assert isinstance(condition, LinkPressure)
        else:
            assert isinstance(condition, PressureOutlet)
            assert condition.velocity == (pytest.approx(u) if stream.is_oblique else None)
    outlets = int((stream.unit != 0.0).sum())
    assert len(setup.boundaries) == 6 + outlets * (outlets - 1) // 2


def test_each_cell_of_a_side_has_one_condition(device):
    """Also the cells along the edges of three outlets, in which the parts of the sides end."""
    setup = replace(TUNNEL, yaw=-20.0, angle_of_attack=15.0).around({"ball": BALL}, "ball", device=device)
    for axis in range(3):
        for end in (0, 1):
            parts = [each.face for each in setup.boundaries if (each.face.axis, each.face.end) == (axis, end)]
            counts = sum(part.cells(setup.domain).astype(int) for part in parts)
            assert counts.max() == 1
            assert counts.sum() == np.prod(np.delete(setup.shape, axis))


@pytest.mark.parametrize("turned", DIRECTIONS.values(), ids=DIRECTIONS)
def test_drag_side_force_and_lift_are_a_right_handed_frame(turned):
    stream = around(**turned).options.stream
    assert stream.frame @ stream.frame.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(stream.frame) == pytest.approx(1.0)
    assert stream.frame[0] == pytest.approx(stream.unit)
    assert stream.frame[2, stream.up] >= 0.0
    assert np.all(np.abs(stream.unit).max() <= np.abs(stream.unit[stream.axis]) + 1e-9)


def test_yaw_turns_about_the_vertical_axis_and_the_angle_of_attack_lets_the_stream_rise():
    assert Stream(yaw=30.0).unit == pytest.approx((np.sqrt(0.75), 0.5, 0.0))
    assert Stream(angle_of_attack=30.0).unit == pytest.approx((np.sqrt(0.75), 0.0, 0.5))
    assert Stream(yaw=90.0, up=1).unit == pytest.approx((0.0, 0.0, -1.0))
    assert Stream(yaw=30.0).frame[1] == pytest.approx((-0.5, np.sqrt(0.75), 0.0))
    assert Stream(angle_of_attack=30.0).frame[2] == pytest.approx((-0.5, 0.0, np.sqrt(0.75)))


@pytest.mark.parametrize("degrees", [0.0, 17.0, 45.0, 90.0])
def test_a_body_that_turns_with_the_stream_has_the_same_reference_quantities(degrees):
    """The silhouette, the length across the flow and the volume, which counts for the blockage."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    plain = TriangleMesh.box((0.0, 0.0, 0.0), (0.4, 1.0, 0.6))
    turned = plain.with_points(plain.points @ rotation.T)
    straight = TUNNEL.body("box", plain, None)
    oblique = replace(TUNNEL, yaw=degrees).body("box", turned, None)
    assert (oblique.length, oblique.volume) == pytest.approx((straight.length, straight.volume))
    assert oblique.frontal_area == pytest.approx(straight.frontal_area, rel=5e-3)


@pytest.mark.parametrize("velocity", [(0.06, 0.035), pytest.param((-0.06, -0.02), marks=pytest.mark.validate)])
def test_a_uniform_oblique_stream_stays_uniform(device, velocity):
    """Also where two outlets meet, to rounding."""
    sides = ((X_MIN, X_MAX), (Y_MIN, Y_MAX))
    ends = [pair[:: 1 if u > 0.0 else -1] for pair, u in zip(sides, velocity)]
    simulation = Simulation(
        box((16, 16), device=device), viscosity=0.05, precision=wp.float64,
        boundaries=[
            *(VelocityInlet(end[0], velocity) for end in ends), LinkPressure(ends[1][1]),
            PressureOutlet(ends[0][1], velocity=velocity, relaxation=0.02),
        ],
    )
    simulation.set_state(1.0, velocity)
    simulation.run(100)
    assert np.abs(simulation.velocity() - np.array(velocity)).max() < 1e-13


@pytest.mark.validate
@pytest.mark.parametrize("turned", DIRECTIONS.values(), ids=DIRECTIONS)
def test_a_uniform_stream_in_a_tunnel_stays_uniform(device, turned):
    """The box without its body, in three dimensions."""
    setup = replace(TUNNEL, precision=wp.float64, **turned).around({"ball": BALL}, "ball", device=device)
    simulation = setup.simulation([])
    u = setup.options.lattice_velocity * setup.options.stream.unit
    simulation.set_state(1.0, tuple(u))
    simulation.run(100)
    assert np.abs(simulation.velocity() - u).max() < 1e-13


@pytest.mark.validate
def test_a_sphere_has_the_same_drag_along_every_axis(device):
    drags = []
    for axis in (0, 1, 2):
        for sign in (1.0, -1.0):
            direction = tuple(sign * np.eye(3)[axis])
            setup = replace(TUNNEL, precision=wp.float64, reynolds=20.0, direction=direction).around(
                {"ball": TriangleMesh.sphere(0.5, subdivisions=3)}, "ball", device=device
            )
            flow = setup.build()
            flow.simulation.run(3000)
            drags.append(flow.value())
    assert drags == pytest.approx([drags[0]] * 6, rel=1e-6)
    assert drags[1] == pytest.approx(drags[0], rel=1e-9)


@pytest.mark.validate
def test_a_turned_stream_has_the_drag_of_the_turned_body(device):
    """A plate at 30 degrees to the stream: the stream is turned, or the plate."""
    c, s = np.cos(np.radians(-30.0)), np.sin(np.radians(-30.0))
    rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    plate = TriangleMesh.box((-0.5, -0.2, -0.4), (0.5, 0.2, 0.4))
    tunnel = replace(TUNNEL, voxel_size=0.05, reynolds=20.0, upstream=2.0, downstream=2.5, side=2.5)
    found = []
    for options, mesh in ((replace(tunnel, yaw=30.0), plate), (tunnel, plate.with_points(plate.points @ rotation.T))):
        flow = options.around({"plate": mesh}, "plate", device=device).build()
        flow.run_to_steady()
        found.append([flow.value(each) for each in flow.setup.monitored.values()])
    (drag, side, lift), turned = found
    assert drag == pytest.approx(turned[0], rel=0.03)
    assert side == pytest.approx(turned[1], rel=0.06)
    assert abs(side) > 0.1 * drag
    assert abs(lift) < 1e-3 * drag


def test_the_force_along_any_direction_is_a_sum_of_the_forces_along_the_axes():
    """So that each angle of a polar has the same kernels."""
    oblique = around(yaw=30.0).default_objective.functional
    assert isinstance(oblique, WeightedSum)
    assert {type(each) for _, each in oblique.terms} == {Force}
    assert oblique.of_sums(np.array([2.0, 4.0])) == (
        pytest.approx(2.0 * np.sqrt(0.75) + 2.0), pytest.approx([np.sqrt(0.75), 0.5])
    )
    with pytest.raises(ValueError, match="no terms: pass at least one"):
        WeightedSum(())


LAWS = {
    "log": (LogLawProfile(10.0, roughness_length=0.1), lambda h: np.log(1.0 + h / 0.1) / np.log(101.0)),
    "power": (PowerLawProfile(10.0, exponent=0.2), lambda h: (h / 10.0) ** 0.2),
}


@pytest.mark.parametrize(("profile", "law"), LAWS.values(), ids=LAWS)
@pytest.mark.parametrize("up", [1, 2])
def test_an_atmospheric_profile_at_the_inlet_and_of_the_initial_flow(device, profile, law, up):
    options = replace(TUNNEL, profile=profile, up=up, road=True, reynolds=20.0)
    setup = options.around({"ball": BALL}, "ball", device=device)
    inlet = next(each for each in setup.boundaries if isinstance(each, VelocityInlet))
    heights = np.array([0.05, 0.5, 1.25])
    centres = np.zeros((3, 3))
    centres[:, up] = heights / setup.voxel_size
    assert inlet.profile.factors(centres, setup.shape, 0) == pytest.approx(law(heights))
    assert profile.at(np.array(10.0)) == pytest.approx(1.0)
    assert setup.bounds[0, up] == pytest.approx(-0.5), "the road lies below the ball"
    assert isinstance(next(each for each in setup.boundaries if each.face.axis == up), MovingWall)


def test_a_tabulated_velocity_is_interpolated_and_continued_beyond_its_points(device):
    places = [(0.0, y, z) for y in (-1.0, 1.0) for z in (-1.0, 1.0)]
    table = VelocityTable(tuple(places), tuple((2.0 + y, 0.5 * z, 0.0) for _, y, z in places))
    setup = around(sides=(SideInlet(X_MIN, table.mean, table), SideOutlet(X_MAX)), velocity=2.0)
    inlet = next(each for each in setup.boundaries if each.face == X_MIN)
    points = np.array([(0.0, 0.3, -0.4), (0.0, 0.0, 0.9), (0.0, 5.0, 1.0)])
    centres = (points - setup.bounds[0]) / setup.voxel_size
    found = setup.units.velocity_to_si(np.array(inlet.velocity) * inlet.profile.factors(centres, setup.shape, 0))
    assert found == pytest.approx(np.array([(2.3, -0.2, 0.0), (2.0, 0.45, 0.0), (3.0, 0.5, 0.0)]))


def test_several_inlets_and_outlets_with_their_own_velocities_and_pressures():
    """A mixing tank: two inlets at an angle, and outlets on a lateral side and on the opposite one."""
    setup = around(
        velocity=2.0,
        sides=(
            SideInlet(X_MIN), SideInlet(Y_MAX, (0.5, -1.0, 0.0)), SideOutlet(X_MAX, 0.5), SideOutlet(Y_MIN, 0.25),
            SideWall(Z_MIN, (1.0, 0.0, 0.0)), SideSymmetry(Z_MAX),
        ),
    )
    found = {each.face: each for each in setup.boundaries}
    assert found[Y_MAX].velocity == pytest.approx((0.02, -0.04, 0.0))
    assert found[Z_MIN].velocity == pytest.approx((0.04, 0.0, 0.0))
    assert setup.reference_pressure == 0.5
    assert found[X_MAX] == PressureOutlet(X_MAX, relaxation=0.02)
    beside = [each for face, each in found.items() if (face.axis, face.end) == (1, 0)]
    assert [type(each) for each in beside] == [LinkPressure, PressureOutlet]
    for each in beside:
        assert setup.units.pressure_to_si((each.density - 1.0) / 3.0) == pytest.approx(-0.25)


def test_a_flow_between_periodic_sides_is_driven_by_an_acceleration():
    periodic = tuple(SidePeriodic(face) for face in (X_MIN, X_MAX, Y_MIN, Y_MAX))
    setup = around(sides=periodic, forces=Forces(acceleration=(0.1, 0.0, 0.0)))
    assert setup.domain.periodic == (True, True, False)
    assert {each.face for each in setup.boundaries} == {Z_MIN, Z_MAX}


@pytest.mark.parametrize("centre", [None, (0.0, 0.1, 0.2)])
def test_the_surface_of_a_wheel_moves_as_its_rotation_says(centre):
    wheel = BodyRotation(axis=(0.0, 2.0, 0.0), rpm=120.0, centre=centre)
    setup = around(rotating={"ball": wheel}, velocity=3.0)
    [obstacle] = setup.space.obstacles(setup.options.wall, {}, setup._motions)
    values = dict(zip(("x", "y", "z"), obstacle.motion.centre))
    numbers = {**{f"centre_{k}": v for k, v in values.items()}}
    numbers |= {f"velocity_{k}": v for k, v in zip("xyz", obstacle.motion.velocity)}
    numbers |= {f"rotation_{k}": v for k, v in zip("xyz", obstacle.motion.rotation)}
    point = np.array([0.3, 0.2, -0.1])
    cells = (point - setup.bounds[0]) / setup.voxel_size
    found = setup.units.velocity_to_si(np.array(rigid_velocity.rigid_velocity(numbers.__getitem__, list(cells))))
    assert found == pytest.approx(np.cross((0.0, 4.0 * np.pi, 0.0), point - np.array(centre or (0.0, 0.0, 0.0))))


def test_only_a_body_of_revolution_turns_without_a_doubt():
    spun = BodyRotation(axis=(0.0, 1.0, 0.0), rpm=10.0)
    assert spun.doubts("wheel", WHEEL, 1.0) == ()
    assert "no body of revolution" in spun.doubts("box", TriangleMesh.box((0, 0, 0), (1, 1, 1)), 1.0)[0]
    assert "more than 3 times the free stream" in replace(spun, rpm=1e4).doubts("wheel", WHEEL, 1.0)[0]


@pytest.mark.validate
def test_a_turning_sphere_has_the_torque_of_stokes(device):
    """8 pi mu Omega R^3 in a slow stream, with the sides at 4 R; with the partially saturated method it is 10 % low."""
    ball = TriangleMesh.sphere(0.5, subdivisions=3)
    tunnel = WindTunnel(
        voxel_size=1.0 / 12.0, upstream=1.5, downstream=1.5, side=1.5, reynolds=0.5, lattice_velocity=0.02,
        wall=ParabolicInterpolation(),
        rotating={"ball": BodyRotation(axis=(0.0, 1.0, 0.0), rpm=60.0 / (2.0 * np.pi) * 0.8)},
    )
    setup = tunnel.around({"ball": ball}, "ball", device=device)
    flow = setup.build()
    flow.run_to_steady()
    mu = setup.units.viscosity * setup.options.density
    assert flow.value(setup.recorded["moment y"]) == pytest.approx(-8.0 * np.pi * mu * 0.8 * 0.5**3, rel=0.03)
    found, frame, reference = Aerodynamics.of(flow, setup), setup.options.stream.frame, setup.reference_force
    assert list(found.force_coefficients.values()) == pytest.approx(frame @ found.force / reference)
    moments = frame @ found.moment / (reference * setup.body.reference_length)
    assert list(found.moment_coefficients.values()) == pytest.approx(moments)
    assert found.record["moment_centre"] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


WALL = SideWall(Z_MIN)
REFUSED = {
    "no inlet": ({"sides": (SideWall(X_MIN),)}, "no side is an inlet, and 1 are outlets: give a side"),
    "no outlet": ({"sides": (SideWall(X_MAX),)}, "x_min: the side is an inlet, but no side is an outlet.*make a side an outlet"),
    "closed": ({"sides": (SideWall(X_MIN), SideWall(X_MAX))}, "no side is an inlet, and 0 are outlets"),
    "half periodic": ({"sides": (SidePeriodic(Y_MIN),)}, "y_min: the side is periodic, but y_max is free slip: make both"),
    "no drive": ({"sides": (SidePeriodic(X_MIN), SidePeriodic(X_MAX))}, "no side is an inlet.*by an acceleration"),
    "outwards": ({"sides": (SideInlet(Y_MAX, (0.0, 1.0, 0.0)),)}, r"y_max: the velocity is \(0.0, 1.0, 0.0\).*must be below 0"),
    "along": ({"sides": (SideInlet(Y_MAX, (1.0, 0.0, 0.0)),)}, "does not point into the box"),
    "not entered": ({"sides": (SideInlet(Y_MIN),)}, r"y_min: .* the stream along \+x does not enter there"),
    "outlet upstream": ({"sides": (SideOutlet(X_MIN),)}, r"x_min: the side is an outlet, but the free stream along \+x enters"),
    "twice": ({"sides": (WALL, SideSymmetry(Z_MIN))}, "z_min: the side has 2 conditions"),
    "wall through itself": ({"sides": (SideWall(Z_MIN, (0.0, 0.0, 1.0)),)}, "z_min: the velocity is .*moves in its own plane"),
    "pressure": ({"sides": (SideOutlet(X_MAX, float("nan")),)}, "x_max: the pressure is nan Pa"),
    "road twice": ({"sides": (WALL,), "road": True}, "z_min: the side has 2 conditions"),
    "road crossed": ({"road": True, "angle_of_attack": 3.0}, "crosses the road: set the angle of attack to 0"),
    "no direction": ({"direction": (0.0, 0.0, 0.0)}, "the direction of the stream is .*finite and not 0"),
    "yaw": ({"yaw": float("inf")}, "yaw is inf: it must be a finite number of degrees"),
    "vertical": ({"direction": (0.0, 0.0, 1.0), "yaw": 5.0}, "yaw is 5 and angle_of_attack 0 degrees.*vertical axis z"),
    "speed": ({"velocity": -1.0}, "the velocity is -1.0 m/s: it must be finite and above 0"),
    "one of two": ({"velocity": None}, "velocity is None, and so is viscosity: give two"),
    "jet": ({"sides": (SideInlet(Y_MIN, (0.0, 5.0, 0.0)),)}, "velocity on y_min is 5 m/s, a Mach number of 0.69.*use a lattice"),
    "high pressure": ({"sides": (SideOutlet(Y_MIN, 1e5),)}, "pressure on y_min is 1e[+]05 Pa: relative to x_max.*Check the unit"),
    "no wheel": ({"rotating": {"wheel": BodyRotation(axis=(0, 1, 0), rpm=1.0)}}, "there is no body 'wheel': use one of ball"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_contradictions_are_refused_with_value_limit_and_remedy(changes, message):
    with pytest.raises(WindTunnelError, match=message):
        around(**changes)


MODELS = {
    "rotation axis": (lambda: BodyRotation(axis=(0.0, 0.0, 0.0), rpm=1.0), "axis of the rotation is .*not 0"),
    "rotation speed": (lambda: BodyRotation(axis=(0.0, 1.0, 0.0), rpm=float("nan")), "nan rpm"),
    "roughness": (lambda: LogLawProfile(10.0, roughness_length=0.0), "roughness_length of LogLawProfile is 0"),
    "exponent": (lambda: PowerLawProfile(10.0, exponent=-1.0), "exponent of PowerLawProfile is -1"),
    "empty table": (lambda: VelocityTable((), ()), "positions have the shape"),
    "unequal table": (lambda: VelocityTable(((0.0, 0.0, 0.0),), ((1.0, 0.0, 0.0),) * 2), "1 positions and 2 velocities"),
}


@pytest.mark.parametrize(("make", "message"), MODELS.values(), ids=MODELS)
def test_values_out_of_range_are_refused(make, message):
    with pytest.raises(WindTunnelError, match=message):
        make()


def test_two_of_velocity_viscosity_and_reynolds_number_give_the_third():
    by_viscosity = around(velocity=2.0, viscosity=0.1)
    assert by_viscosity.options.reynolds == pytest.approx(20.0)
    by_both = around(velocity=None, viscosity=0.1, reynolds=20.0)
    assert by_both.units.velocity == pytest.approx(2.0)
    assert by_both.units.viscosity == pytest.approx(0.1)
    assert by_both.refined(1.25).units.velocity == pytest.approx(2.0)


def test_openings_are_named_by_their_side_where_there_are_several():
    assert TunnelSides(Stream()).openings == {X_MIN: "inlet", X_MAX: "outlet"}
    assert TunnelSides(Stream(yaw=10.0)).openings == {
        X_MIN: "inlet on x_min", Y_MIN: "inlet on y_min", X_MAX: "outlet on x_max", Y_MAX: "outlet on y_max",
    }


def test_an_oblique_stream_that_a_wall_deflects_is_a_doubt():
    setup = around(yaw=20.0, sides=(SideWall(Y_MAX),))
    assert any("run through the wall on y_max" in each for each in setup.warnings)


def test_an_oblique_stream_has_the_limit_of_its_inlets():
    """At a cell Reynolds number of 150 and a yaw of 45 degrees recursive regularisation became unstable after 10 crossings, which
    the limit of a straight stream accepted."""
    options = {"reynolds": 1000.0, "collision": RecursiveRegularised(), "lattice": D3Q27}
    assert around(**options).instability is None
    with pytest.raises(UnitsError, match=r"above the limit of 75 up to which .* between free-slip sides, of an oblique stream"):
        around(yaw=45.0, **options)


def test_a_doubt_about_a_wake_names_the_length_of_its_reynolds_number():
    [found] = [each for each in around(reynolds=20.0, reference_length=0.05).warnings if "a wake may take" in each]
    assert found.startswith("the Reynolds number of the extent across the flow, 1 m, is 400, above 200")


@pytest.mark.parametrize(("collision", "is_doubted"), [(None, False), (BGK(), True)])
def test_walls_that_shift_are_a_doubt_about_collisions_with_which_they_do(collision, is_doubted):
    doubts = around(reynolds=1.0, collision=collision).doubts
    assert any("so that walls shift" in each and "BGK 5.76" in each for each in doubts) == is_doubted

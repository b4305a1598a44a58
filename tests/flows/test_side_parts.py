"""Openings on parts of the sides of a tunnel: footprints, flow rates, the whole side as a special case, and refusals."""

from dataclasses import replace

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import WindTunnelError
from sparselbm.flows import PartInlet, PartOutlet, SideOutlet, SidePeriodic, SideWall, Stream, TunnelSides, WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    LinkPressure,
    MovingWall,
    PressureOutlet,
    VelocityInlet,
)

BALL = TriangleMesh.sphere(0.41, subdivisions=2, centre=(1.2, 0.8, 0.8))
WALLS = tuple(SideWall(face) for face in (X_MIN, X_MAX, Y_MIN, Y_MAX, Z_MIN, Z_MAX))
ROOM = WindTunnel(voxel_size=0.1, corners=((0.0, 0.0, 0.0), (2.4, 1.6, 1.6)), reynolds=10.0, sides=WALLS)


def plate(x, low, high):
    """A rectangle at x, between two corners along y and z."""
    (a, c), (b, d) = low, high
    return TriangleMesh(np.array([(x, a, c), (x, b, c), (x, b, d), (x, a, d)]), np.array([(0, 1, 2), (0, 2, 3)]))


WINDOW, DOOR = plate(0.0, (0.4, 0.6), (0.93, 1.2)), plate(2.4, (0.2, 0.0), (0.8, 1.2))
FAN = PartInlet(mesh=WINDOW, velocity=1.0)
OUT = {"door": PartOutlet(mesh=DOOR)}


def room(openings, **changes):
    return replace(ROOM, openings=openings, **changes).around({"ball": BALL}, "ball")


def inflow(setup, name):
    """Flow rate of an inlet's condition [m^3/s], the velocity times the area of its cells."""
    [inlet] = [each for each in setup.boundaries if each.face.name == name]
    count = inlet.face.cells(setup.domain).sum()
    velocity = setup.units.velocity_to_si(inlet.velocity[inlet.face.axis]) * inlet.face.inward
    return velocity * count * setup.voxel_size**2


PRISM = TriangleMesh.cylinder(0.31, (1.0, 0.8, -0.1), (1.0, 0.8, 0.1))
AREA = {
    "rectangle": (WINDOW, {}, X_MIN, 0.53 * 0.6), "at the upper end": (DOOR, {}, X_MAX, 0.6 * 1.2),
    "beyond the side": (plate(0.04, (0.4, 0.6), (5.0, 1.2)), {}, X_MIN, 1.2 * 0.6),
    "through the side": (PRISM, {}, Z_MIN, 0.31**2 * 48 / 2 * np.sin(2 * np.pi / 48)),
    "two layers": (TriangleMesh.box((0.4, -0.02, 0.2), (1.0, 0.05, 0.57)), {}, Y_MIN, 0.6 * 0.37),
    "in tiles": (plate(2.2, (0.4, 0.6), (0.93, 1.2)), {"corners": ((0.0, 0.0, 0.0), (2.2, 1.6, 1.6))}, X_MAX, 0.53 * 0.6),
}


@pytest.mark.parametrize(("mesh", "changes", "face", "area"), AREA.values(), ids=AREA)
@pytest.mark.parametrize("direction", [None, (1.0, 1.0, 1.0)])
def test_the_flow_rate_through_a_footprint_is_the_prescribed_one(mesh, changes, face, area, direction):
    """To rounding where it is given, and with the area of the surface on the side where the speed is."""
    inward = None if direction is None else tuple(face.inward * np.array(direction))
    across = 1.0 if direction is None else 3.0**-0.5
    out = {"out": PartOutlet(mesh=plate(2.4 if face != X_MAX else 0.0, (0.1, 0.1), (0.3, 0.3)))}
    by_rate = room({"in": PartInlet(mesh=mesh, flow_rate=0.1, direction=inward), **out}, **changes)
    assert inflow(by_rate, "in") == pytest.approx(0.1, rel=1e-12)
    by_speed = room({"in": PartInlet(mesh=mesh, velocity=0.5, direction=inward), **out}, **changes)
    assert by_speed.parts.footprints["in"].face == face
    assert by_speed.parts.footprints["in"].area == pytest.approx(area, rel=1e-6)
    assert inflow(by_speed, "in") == pytest.approx(0.5 * across * area, rel=1e-6)


def test_each_cell_has_one_condition_and_the_rest_of_a_side_keeps_its_own(device):
    """Also where two outlets on parts of sides share the cells along an edge."""
    low = TriangleMesh.box((1.6, -0.05, 0.3), (2.6, 0.05, 0.9))
    openings = {
        "window": FAN, "door": PartOutlet(mesh=plate(2.4, (0.0, 0.0), (0.8, 1.2))), "grille": PartOutlet(mesh=low, pressure=0.1),
    }
    setup = replace(ROOM, openings=openings).around({"ball": BALL}, "ball", device=device)
    kinds = {}
    for axis in range(3):
        for end in (0, 1):
            parts = [each for each in setup.boundaries if (each.face.axis, each.face.end) == (axis, end)]
            counts = sum(part.face.cells(setup.domain).astype(int) for part in parts)
            assert counts.max() == 1
            assert counts.sum() == np.prod(np.delete(setup.shape, axis))
            kinds |= {each.face.name: type(each) for each in parts}
    assert kinds == {
        **{face.name: MovingWall for face in (X_MIN, X_MAX, Y_MIN, Y_MAX, Z_MIN, Z_MAX)}, "window": VelocityInlet,
        "door": PressureOutlet, "grille": PressureOutlet, "grille beside door": LinkPressure,
    }
    assert setup.reference_pressure == 0.0


def test_a_part_of_a_side_drives_and_drains_a_box():
    assert TunnelSides(Stream(), WALLS, parts=(PartInlet(mesh=WINDOW, velocity=1.0), *OUT.values())).is_still
    pressures = PartOutlet(mesh=WINDOW, pressure=1.0), PartOutlet(mesh=DOOR)
    assert not list(TunnelSides(Stream(), WALLS, parts=pressures).faults())


REFUSED = {
    "overlap": ({"a": FAN, "b": PartInlet(mesh=plate(0.0, (0.8, 1.0), (1.2, 1.4)), velocity=1.0), **OUT}, {},
                "footprints of a and b on x_min overlap in 2 cells.*move them apart"),
    "no cell": ({"a": PartInlet(mesh=plate(0.0, (0.41, 0.61), (0.44, 0.64)), velocity=1.0), **OUT}, {},
                "footprint of a on x_min contains the centre of no cell.*smaller voxel_size"),
    "beside the side": ({"a": PartInlet(mesh=plate(0.0, (4.0, 0.6), (5.0, 1.0)), velocity=1.0), **OUT}, {},
                        "contains the centre of no"),
    "inside": ({"a": PartInlet(mesh=plate(0.5, (0.4, 0.6), (0.9, 1.2)), velocity=1.0), **OUT}, {},
               "a lies 0.4 m from the nearest side of the box, y_min at y = 0 m.*within 0.1 m"),
    "no outlet": ({"a": FAN}, {},
                  "a part of a side is an inlet, but no side is an outlet.*make a side an outlet, or a part of one"),
    "nothing drives": (OUT, {}, "no side is an inlet, and 1 are outlets"),
    "outwards": ({"a": PartInlet(mesh=WINDOW, velocity=1.0, direction=(-1.0, 0.0, 0.0)), **OUT}, {},
                 "a: the direction is .*does not point into the box at x_min"),
    "periodic": ({"a": FAN, **OUT}, {"sides": (SidePeriodic(X_MIN), SidePeriodic(X_MAX), SideOutlet(Y_MIN))},
                 "a lies on x_min, which is periodic"),
    "fast": ({"a": PartInlet(mesh=WINDOW, flow_rate=3.0), **OUT}, {}, "velocity on a is 10 m/s, a Mach number of"),
    "high pressure": ({"b": PartOutlet(mesh=DOOR, pressure=9e4), "c": PartOutlet(mesh=plate(2.4, (1.0, 0.0), (1.4, 1.2)))}, {},
                      "pressure on c is 0 Pa: relative to b .*Check the unit"),
    "behind a body": ({"a": PartInlet(mesh=TriangleMesh.box((0.9, 0.5, -0.1), (1.5, 1.0, 0.05)), velocity=1.0), **OUT},
                      {"corners": ((0.0, 0.0, 0.5), (2.4, 1.6, 2.1))}, "lies 0.45 m from"),
    "in front of it": ({"a": PartInlet(mesh=TriangleMesh.box((0.9, 0.5, 0.45), (1.5, 1.0, 0.55)), velocity=1.0), **OUT},
                       {"corners": ((0.0, 0.0, 0.5), (2.4, 1.6, 2.1))}, "ball comes within 0.2 m .2 cells. of the opening a on"),
}


@pytest.mark.parametrize(("openings", "changes", "message"), REFUSED.values(), ids=REFUSED)
def test_openings_that_cannot_be_are_refused_with_value_limit_and_remedy(openings, changes, message):
    with pytest.raises(WindTunnelError, match=message):
        room(openings, **changes)


VALUES = {
    "neither": (lambda: PartInlet(mesh=WINDOW), "velocity is None and flow_rate is None: give one of them"),
    "both": (lambda: PartInlet(mesh=WINDOW, velocity=1.0, flow_rate=1.0), "give one of them"),
    "speed": (lambda: PartInlet(mesh=WINDOW, velocity=-1.0), "velocity is -1.0: it must be finite and above 0"),
    "direction": (lambda: PartInlet(mesh=WINDOW, velocity=1.0, direction=(0.0, 0.0, 0.0)), "finite and not 0"),
    "pressure": (lambda: PartOutlet(mesh=DOOR, pressure=float("nan")), "the pressure is nan Pa"),
}


@pytest.mark.parametrize(("make", "message"), VALUES.values(), ids=VALUES)
def test_values_out_of_range_are_refused(make, message):
    with pytest.raises(WindTunnelError, match=message):
        make()


def test_a_footprint_that_the_cells_do_not_resolve_is_a_doubt():
    small = PartInlet(mesh=plate(0.0, (0.4, 0.6), (0.54, 0.74)), flow_rate=0.005)
    expected = "the footprint of a on x_min is 0.0196 m^2, but its 1 cells have 0.01 m^2"
    assert any(expected in each for each in room({"a": small, **OUT}).warnings)


@pytest.mark.validate
def test_a_footprint_on_the_whole_side_is_the_condition_of_the_side(device):
    """In a duct with slip sides, whose populations agree to rounding."""
    everywhere = PartInlet(mesh=plate(0.0, (-1.0, -1.0), (3.0, 3.0)), velocity=1.0)
    whole = replace(ROOM, sides=(), precision=wp.float64).around({"ball": BALL}, "ball", device=device)
    part = replace(
        ROOM, sides=(SideWall(X_MIN), SideWall(X_MAX)), precision=wp.float64,
        openings={"in": everywhere, "out": PartOutlet(mesh=plate(2.4, (-1.0, -1.0), (3.0, 3.0)))},
    ).around({"ball": BALL}, "ball", device=device)
    fields = []
    for setup in (whole, part):
        simulation = setup.simulation([])
        simulation.set_state(1.0, (0.05, 0.0, 0.0))
        simulation.run(200)
        fields.append(simulation.velocity())
    assert np.ptp(fields[0]) > 0.01
    assert fields[1] == pytest.approx(fields[0], abs=1e-14)


@pytest.mark.validate
def test_a_duct_between_parts_of_opposite_sides_conserves_mass(device):
    """The flow rate through every section is the prescribed one, as the mean of two neighbouring planes, between which momentum
    alternates by 3e-4."""
    setup = replace(ROOM, precision=wp.float64, openings={"in": PartInlet(mesh=WINDOW, flow_rate=0.1), **OUT}).around(
        {"ball": BALL}, "ball", device=device
    )
    simulation = setup.simulation([])
    simulation.run(6000)
    flux = setup.domain.dense(simulation.velocity()[..., 0] * simulation.density()).sum(axis=(1, 2))
    rates = setup.units.velocity_to_si(flux) * setup.voxel_size**2
    assert 0.5 * (rates[3:-3] + rates[4:-2]) == pytest.approx(0.1, rel=1e-4)

"""Bodies that are larger than the tunnel: flat ground, rooms, and bodies that are clipped at the inlet and the outlet."""

from dataclasses import replace

import numpy as np
import pytest

from sparselbm.case import Case
from sparselbm.errors import WindTunnelError
from sparselbm.flows import SideCondition, SideWall, WindTunnel
from sparselbm.flows.tunnel.surroundings import Surroundings
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.models.boundary import Face, FreeSlip, MovingWall
from sparselbm.models.wall import BounceBack, Bouzidi, Halfway
from sparselbm.scene.usd import Scene

WALLS = {"partially saturated": SolidFraction(), "halfway": Halfway(), "interpolated": Bouzidi()}
CAR = TriangleMesh.box((-0.25, -0.25, 0.25), (0.25, 0.25, 0.75))
FLOOR = Face(2, 0)
TUNNEL = WindTunnel(voxel_size=0.0625, reynolds=20.0, corners=((-0.75, -0.75, -0.5), (1.25, 0.75, 1.0)))


def sheet(z=0.0, size=50.0):
    corners = [[-size, -size, z], [size, -size, z], [size, size, z], [-size, size, z]]
    return TriangleMesh(np.array(corners), np.array([[0, 1, 2], [0, 2, 3]]))


def terrain(height=0.02):
    x = np.linspace(-50.0, 50.0, 41)
    points = np.concatenate([np.column_stack([x, np.full(41, y), height * np.sin(3.0 * x)]) for y in (-50.0, 50.0)])
    faces = np.arange(40)[:, None, None] + np.array([[0, 1, 42], [0, 42, 41]])
    return TriangleMesh(points, faces.reshape(-1, 3))


ROOM = TriangleMesh.box((-8.0, -4.0, 0.0), (12.0, 4.0, 6.0))
GROUNDS = {
    "sheet": sheet(),
    "slab": TriangleMesh.box((-50.0, -50.0, -0.25), (50.0, 50.0, 0.0)),
    "slab below the box": TriangleMesh.box((-50.0, -50.0, -5.0), (50.0, 50.0, 0.0)),
    "room": ROOM,
    "room inside out": TriangleMesh(ROOM.points, ROOM.faces[:, ::-1]),
    "exactly as large as the box": TriangleMesh.box((-0.75, -0.75, -0.25), (1.25, 0.75, 0.0)),
}


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_flat_ground_is_a_side_of_the_box(ground, wall):
    setup = replace(TUNNEL, wall=wall).around({"car": CAR, "ground": ground}, "car")
    assert setup.space.surroundings.ground is not None
    assert setup.bounds[0] == pytest.approx((-0.75, -0.75, 0.0))
    assert setup.shape == (32, 24, 16)
    assert [each.face for each in setup.boundaries if isinstance(each, MovingWall)] == [FLOOR]
    assert "ground is flat across the whole tunnel at z = 0 m: the box ends there" in setup.warnings[0]
    assert setup.refined(1.25).bounds[0, 2] == 0.0, "whole tiles of smaller cells reach beyond the smallest of these"


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("end", [0, 1])
def test_ground_may_be_on_any_side(axis, end):
    """The flow runs along the next axis; the box starts at the ground and has whole tiles from there."""
    middle = np.zeros(3)
    middle[axis] = 0.5 if end == 0 else -0.5
    car = TriangleMesh.box(tuple(middle - 0.25), tuple(middle + 0.25))
    low, high = np.full(3, -50.0), np.full(3, 50.0)
    low[axis], high[axis] = (-1.0, 0.0) if end == 0 else (0.0, 1.0)
    options = WindTunnel(voxel_size=0.0625, direction=tuple(np.eye(3)[(axis + 1) % 3]))
    setup = options.around({"car": car, "ground": TriangleMesh.box(tuple(low), tuple(high))}, "car")
    assert setup.space.surroundings.ground.face == Face(axis, end)
    assert setup.bounds[end, axis] == 0.0
    assert all(n % 8 == 0 for n in setup.shape)
    assert setup.bounds[1 - end, axis] * (1 if end == 0 else -1) >= 0.75 + 1.5 * 0.5


@pytest.mark.parametrize(
    "other",
    [
        TriangleMesh.box((-50.0, -0.5, -0.5), (50.0, 0.5, 0.0)), sheet(size=1.0), terrain(),
        TriangleMesh.box((-50.0, -50.0, -0.25), (50.0, 50.0, 0.9)), TriangleMesh.box((2.0, -50.0, -50.0), (3.0, 50.0, 50.0)),
    ],
    ids=["a strip", "a sheet within the box", "terrain", "higher than the car's middle", "behind the outlet"],
)
def test_other_bodies_are_no_ground(other):
    box = TUNNEL.around({"car": CAR}, "car").bounds
    openings = TUNNEL.all_sides.openings
    assert Surroundings.of({"car": CAR, "other": other}, "car", box, box, openings, TUNNEL.voxel_size).ground is None


def test_the_condition_of_the_user_stays_on_the_ground():
    """A road that moves with the flow, and a side without friction."""
    moving = replace(TUNNEL, sides=(SideWall(FLOOR, (1.0, 0.0, 0.0)),)).around({"car": CAR, "ground": sheet()}, "car")
    (wall,) = [each for each in moving.boundaries if each.face == FLOOR]
    assert isinstance(wall, MovingWall)
    assert wall.velocity[0] == pytest.approx(moving.lattice_velocity)
    smooth = replace(TUNNEL, conditions=(SideCondition(FLOOR, FreeSlip),)).around({"car": CAR, "ground": sheet()}, "car")
    (wall,) = [each for each in smooth.boundaries if each.face == FLOOR]
    assert isinstance(wall, FreeSlip)


CLIPPED = {
    "strip": TriangleMesh.box((-50.0, -0.5, -0.5), (50.0, 0.5, 0.0)),
    "terrain": terrain(),
    "room in the box": TriangleMesh.box((-50.0, -0.625, 0.0), (50.0, 0.625, 0.875)),
    "post at the outlet": TriangleMesh.box((1.0, -0.1, -0.1), (2.0, 0.1, 0.1)),
}


@pytest.mark.parametrize("name", CLIPPED)
def test_bodies_at_the_inlet_and_the_outlet_are_clipped_with_a_note(name):
    setup = TUNNEL.around({"car": CAR, name: CLIPPED[name]}, "car")
    ends = ("outlet",) if name == "post at the outlet" else ("inlet", "outlet")
    assert setup.space.surroundings.clipped == {name: ends}
    room = name == "room in the box"
    assert setup.space.surroundings.rooms == ({name} if room else set())
    note = "contains the obstacle: it is taken as a room" if room else f"reaches the {ends[0]}"
    assert f"{name} {note}" in setup.warnings[0]
    closed = [note for note in setup.warnings if note.startswith("bodies close")]
    shares = {"strip": 16 / 24 / 3, "room in the box": 1 - 20 / 24 * 14 / 24, "post at the outlet": 16 / 24**2}
    if name in shares:  # Below an open sheet, the winding number is about 1/2.
        assert closed == [f"bodies close {shares[name]:.1%} of the {end}" for end in ends]


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_the_cells_of_clipped_bodies_are_no_part_of_the_inlet(wall):
    """Their walls are on links with every wall of the tunnel."""
    flow = replace(TUNNEL, wall=wall).around({"car": CAR, "strip": CLIPPED["strip"]}, "car").build()
    (strip,) = [each for each in flow.simulation.obstacles if each.name == "strip"]
    assert isinstance(strip.wall, BounceBack)
    inlet = flow.simulation.physics.openings.index(Face(0, 0))
    assert flow.simulation.walls.along_opening(inlet).sum() == 24 * 24 - 16 * 8


def test_the_obstacle_has_to_stand_clear_of_inlet_and_outlet():
    long = TriangleMesh.box((-50.0, -0.25, 0.25), (0.25, 0.25, 0.75))
    with pytest.raises(WindTunnelError, match=r"reaches 49.25 m beyond the inlet, but must end"):
        TUNNEL.around({"car": long}, "car")
    with pytest.raises(WindTunnelError, match="plate close the whole inlet, but a part has to be open"):
        TUNNEL.around({"car": CAR, "plate": TriangleMesh.box((-1.0, -5.0, -5.0), (-0.5, 5.0, 5.0))}, "car")
    with pytest.raises(WindTunnelError, match="lies outside the tunnel"):
        TUNNEL.around({"car": CAR, "far": TriangleMesh.box((5.0, 5.0, 5.0), (6.0, 6.0, 6.0))}, "car")


ROADS = {
    "sheet": 'def Mesh "Road" {\nuniform token subdivisionScheme = "none"\nint[] faceVertexCounts = [4]\n'
    "int[] faceVertexIndices = [0, 1, 2, 3]\npoint3f[] points = [(-50, -50, 0), (50, -50, 0), (50, 50, 0), (-50, 50, 0)]\n}",
    "slab": 'def Cube "Road" {\ndouble size = 1\nfloat3 xformOp:scale = (100, 100, 0.5)\n'
    'double3 xformOp:translate = (0, 0, -0.25)\n'
    'uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:scale"]\n}',
}
CASE = '[scene]\nfile = "car.usda"\n[domain]\nvoxelSize = 0.125\n[obstacle."/Car"]\nrole = "design"\n'


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS)
def test_a_scene_with_a_road_is_a_case_as_it_is(tmp_path, road):
    path = tmp_path / "car.usda"
    car = 'def Cube "Car" {\ndouble3 xformOp:translate = (0, 0, 1.2)\nuniform token[] xformOpOrder = ["xformOp:translate"]\n}'
    path.write_text(f'#usda 1.0\n(\nmetersPerUnit = 1\nupAxis = "Z"\n)\n{car}\n{road}\n')
    (tmp_path / "case.toml").write_text(CASE)
    case = Case.open(tmp_path / "case.toml")
    for setup in (case.setup(case.read_scene()), WindTunnel(voxel_size=0.125).in_scene(Scene.open(path), "/Car")):
        assert setup.space.surroundings.ground.body == "/Road"
        assert setup.bounds[0, 2] == 0.0


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_a_cylinder_through_the_box_is_clipped_by_its_sides(wall):
    """Neither its length beyond the slice nor the width of the slice changes the force per length [N / m]."""
    drags = []
    for length, width in ((1.0, 0.5), (5.0, 0.5), (5.0, 1.0)):
        rod = TriangleMesh.cylinder(0.25, (0.0, 0.0, -0.5 * length), (0.0, 0.0, 0.5 * length), 64)
        corners = ((-1.0, -1.0, -0.5 * width), (2.0, 1.0, 0.5 * width))
        setup = replace(TUNNEL, viscosity=0.025, wall=wall, corners=corners).around({"rod": rod}, "rod")
        drags.append(_forces(setup)[0] * setup.reference_force / width)
    assert drags[1:] == pytest.approx([drags[0]] * 2, rel=1e-3)


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_ground_as_a_side_and_clipped_by_its_cells_give_the_same_flow(wall):
    """Forces over a slab whose top is a side of the box, and whose solid cells are cut out of a larger box.

    They differ by the flow rate: a box's inlet lets 1 % less through where it meets a wall.
    """
    bodies = {"car": CAR, "slab": GROUNDS["slab"]}
    aside = replace(TUNNEL, wall=wall).around(bodies, "car")
    clipped = replace(TUNNEL, wall=wall).around(bodies, "car")
    for kept, names in ((clipped, ("space", "shape")), (clipped.space, ("bounds", "solid_cells"))):
        for name in names:
            vars(kept).pop(name, None)
    vars(clipped.space)["surroundings"] = Surroundings(None, frozenset(), {"slab": ("inlet", "outlet")})
    forces = [_forces(setup) for setup in (aside, clipped)]
    assert forces[1][0] == pytest.approx(forces[0][0], rel=0.02)
    assert forces[1][2] == pytest.approx(forces[0][2], rel=0.035)


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_a_room_has_the_flow_of_a_box_with_walls(wall):
    """The same four walls, as sides of the box and as a mesh in a larger one; inlets as above, along four walls."""
    sides = tuple(SideWall(Face(k, end)) for k in (1, 2) for end in (0, 1))
    walls = replace(TUNNEL, wall=wall, corners=((-0.75, -0.75, 0.0), (1.25, 0.75, 1.0)), sides=sides).around({"car": CAR}, "car")
    larger = replace(TUNNEL, wall=wall, corners=((-0.75, -1.0, -0.25), (1.25, 1.0, 1.25)))
    room = larger.around({"car": CAR, "room": TriangleMesh.box((-50.0, -0.75, 0.0), (50.0, 0.75, 1.0))}, "car")
    assert room.space.surroundings.rooms == {"room"}
    assert _forces(room)[0] == pytest.approx(_forces(walls)[0], rel=0.05)


def _forces(setup):
    flow = setup.build()
    flow.simulation.run(400)
    return [flow.value(setup.force_coefficient(tuple(np.eye(3)[k]))) for k in range(3)]

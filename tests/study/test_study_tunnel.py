"""The tunnel around bodies: sizes, units, silhouettes, and the drag of a sphere."""

import numpy as np
import pytest
from study_cases import BALL, SMALL, small_setup

from sparselbm.errors import SimulationError, UnitsError, WindTunnelError
from sparselbm.flows import SteadyRun, WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.frontal_area import frontal_area
from sparselbm.scene.usd import Scene


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_box_keeps_its_margins_in_whole_tiles(axis):
    body = TriangleMesh.box((1.0, 2.0, 3.0), (1.5, 3.0, 3.8))
    tunnel = WindTunnel(voxel_size=0.05, direction=tuple(np.eye(3)[axis]), upstream=1, downstream=3, side=2)
    setup = tunnel.around({"box": body}, "box")
    extent = body.bounds[1] - body.bounds[0]
    assert setup.length == pytest.approx(max(extent[k] for k in range(3) if k != axis))
    before = (body.bounds[0] - setup.bounds[0]) / setup.length
    after = (setup.bounds[1] - body.bounds[1]) / setup.length
    wanted = np.full(3, 2.0), np.full(3, 2.0)
    wanted[0][axis], wanted[1][axis] = 1.0, 3.0
    across = np.arange(3) != axis
    assert before[axis] == pytest.approx(wanted[0][axis])
    assert before[across] == pytest.approx(after[across]), "the body stands in the middle"
    assert np.all(after > wanted[1] - 1e-9)
    assert np.all(after < wanted[1] + 8 * 0.05 / setup.length)
    assert all(n % 8 == 0 for n in setup.shape)
    assert setup.units.reynolds(setup.length) == pytest.approx(60.0)


def test_a_voxel_size_that_is_not_given_is_a_sixteenth_of_the_body():
    assert WindTunnel().around({"ball": BALL}, "ball").cells_across == pytest.approx(16.0)


@pytest.mark.parametrize(
    ("mesh", "axis", "area"),
    [
        (TriangleMesh.sphere(0.7, (1.0, 2.0, 3.0), 5), 0, np.pi * 0.7**2),
        (TriangleMesh.box((0, 0, 0), (1, 2, 3)), 0, 6.0),
        (TriangleMesh.box((0, 0, 0), (1, 2, 3)), 1, 3.0),
        (TriangleMesh.cylinder(0.5, (0, 0, 0), (0, 0, 2), 256), 0, 2.0),
        (TriangleMesh.cylinder(0.5, (0, 0, 0), (0, 0, 2), 256), 2, np.pi / 4),
    ],
)
def test_silhouettes_of_known_shapes(mesh, axis, area):
    assert frontal_area(mesh, axis) == pytest.approx(area, rel=2e-3)


def test_the_silhouette_is_that_of_the_union_and_blind_to_the_grid():
    far, near = (TriangleMesh.box((x, 0, 0), (x + 1, 1, 1)) for x in (0.0, 5.0))
    both = TriangleMesh(np.concatenate([far.points, near.points]), np.concatenate([far.faces, near.faces + 8]))
    assert frontal_area(both, 0) == pytest.approx(1.0, rel=1e-6)
    coarse, fine = (WindTunnel(voxel_size=h).around({"ball": BALL}, "ball") for h in (0.1, 0.05))
    assert coarse.frontal_area == fine.frontal_area


def test_a_scene_gives_its_only_body_and_leaves_out_what_is_named(assets):
    row = Scene.open(assets / "instanced_cm.usda")
    with pytest.raises(WindTunnelError, match=r"2 bodies and no obstacle specified: choose one of /World/Row"):
        WindTunnel().in_scene(row)
    alone = WindTunnel().in_scene(row, ignore=["/World/Row/Mirror"])
    assert alone.obstacle == "/World/Row/First/Cube"
    assert list(alone.bodies) == [alone.obstacle]
    both = WindTunnel(side=3.0).in_scene(row, "/World/Row/First")
    assert set(both.bodies) == {"/World/Row/First", "/World/Row/Mirror/Second/Cube"}
    whole = WindTunnel().in_scene(row, "/World/Row")
    assert list(whole.bodies) == ["/World/Row"]
    assert whole.mesh.volume == pytest.approx(0.2**3 + 2 * 0.2**3, rel=1e-5)


def test_errors_name_value_limit_and_remedy():
    bodies = {"ball": BALL}
    with pytest.raises(WindTunnelError, match=r"no body 'bal': use one of ball"):
        SMALL.around(bodies, "bal")
    with pytest.raises(UnitsError, match=r"2 cells, below the limit of 8.*Use a voxel_size of at most"):
        WindTunnel(voxel_size=0.5).around(bodies, "ball")
    with pytest.raises(SimulationError, match=r"tolerance is 0: it must be above 0"):
        SteadyRun(tolerance=0)


@pytest.mark.validate
def test_drag_of_a_sphere_at_reynolds_number_30(device):
    """C_d = 24 / Re (1 + 0.1935 Re^0.6305) = 2.12 (Clift, Grace & Weber 1978, table 5.2) in an infinite stream.

    A tunnel adds a drag that falls with the inverse square of its width: 9 % in one of 5 diameters, 3 % in one of 7.5.
    """
    drags = []
    for wider in (1.0, 1.5):
        tunnel = WindTunnel(
            voxel_size=0.125, reynolds=30, upstream=1.5 * wider, downstream=2.5 * wider, side=2.5 * wider - 0.5
        )
        setup = tunnel.around({"ball": BALL}, "ball", device=device)
        flow = setup.build()
        drags.append(flow.run_to_steady().value)
        assert flow.steady.converged
        assert 0.8 * setup.flow_through_steps < flow.steady.steps < 4 * setup.flow_through_steps
    narrow, wide = drags
    free = 24 / 30 * (1 + 0.1935 * 30**0.6305)
    assert (1.5**2 * wide - narrow) / (1.5**2 - 1.0) == pytest.approx(free, rel=0.02)
    assert free < wide < 1.05 * free < narrow < 1.12 * free


def test_a_flow_that_is_not_at_rest_at_the_limit_says_so(device):
    flow = small_setup(device).build()
    flow.run_to_steady(steady_run=SteadyRun(tolerance=1e-9, interval=50, max_steps=100))
    assert flow.steady.steps == 100
    assert not flow.steady.converged
    assert flow.steady.change > 1e-9

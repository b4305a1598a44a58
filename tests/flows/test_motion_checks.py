"""Checks of moving bodies before a run, in Python."""

from dataclasses import replace

import numpy as np
import pytest

from sparselbm.errors import MotionError, WindTunnelError
from sparselbm.flows import FreeBody, SideWall, TimeSamples, WindTunnel
from sparselbm.flows.tunnel.sides import FACES
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.surface_points import surface_points

PLACES = {"left": (-1.0, 0.0, 0.0), "right": (1.0, 0.0, 0.0)}
BALLS = {name: TriangleMesh.sphere(0.5, place, subdivisions=1) for name, place in PLACES.items()}
TUNNEL = WindTunnel(voxel_size=0.1, corners=((-3.0, -1.5, -1.5), (3.0, 1.5, 1.5)), lattice_velocity=0.05)


def along_x(distance, seconds=10.0):
    """A path at constant speed [m]."""
    ends = np.stack([np.eye(4)] * 2)
    ends[1, 0, 3] = distance
    return TimeSamples(times=(0.0, seconds), poses=tuple(ends))


def around(**moving):
    return replace(TUNNEL, moving=moving).around(BALLS, "left")


def test_bodies_that_keep_their_distance_may_move():
    """Both by more than the gap between them."""
    setup = around(left=along_x(1.2), right=along_x(1.2))
    assert setup.motions.fastest["left"][0] == pytest.approx(0.12)
    assert 0.05 * 0.12 * setup.motions.every <= 0.2
    assert "at most 0.12 m/s" in setup.dimensions["motion of left"]


BRINGS = "motion brings the body within"
REFUSED = {
    "one meets the other": (
        {"left": along_x(1.0)}, rf"left: {BRINGS} 0\.1\d* m of right at 8\.\d* s, below the limit of 0\.2 m .*smaller voxel_size",
    ),
    "both meet": ({"left": along_x(0.5), "right": along_x(-0.5)}, rf"left: {BRINGS} .* m of right at 9 s"),
    "a free one in the way": ({"left": along_x(1.0), "right": FreeBody(density=2.0)}, f"left: {BRINGS}"),
    "leaves": ({"right": along_x(1.8)}, rf"right: {BRINGS} .* of xMax at 9\.\d* s, below the limit of 0\.2 m"),
    "fast": (
        {"left": along_x(0.5, 0.1)}, r"speed of 5 m/s at .* 0\.25 cells per step, above .* 0\.17 .* at most 0\.034 \(now 0\.05\)",
    ),
    "light": ({"left": FreeBody(density=0.2)}, r"left: density is 0\.2 kg/m\^3, below 0\.25"),
}


@pytest.mark.parametrize(("moving", "fault"), REFUSED.values(), ids=REFUSED)
def test_paths_that_are_not_free_are_refused(moving, fault):
    with pytest.raises(MotionError, match=fault):
        around(**moving)


def test_a_free_body_needs_a_closed_surface():
    whole = BALLS["left"]
    bodies = {"left": TriangleMesh(whole.points, whole.faces[:-2]), "right": BALLS["right"]}
    with pytest.raises(MotionError, match="left: motion is free, but its surface is open"):
        replace(TUNNEL, moving={"left": FreeBody(density=2.0)}).around(bodies, "left")


def test_values_that_are_no_motion_are_refused():
    for make, fault in (
        (lambda: FreeBody(density=0.0), "density"), (lambda: FreeBody(density=1.0, velocity=(np.inf, 0.0, 0.0)), "velocity is"),
        (lambda: TimeSamples(times=(1.0, 0.0), poses=(np.eye(4), np.eye(4))), "increasing times"),
    ):
        with pytest.raises(MotionError, match=fault):
            make()
    with pytest.raises(WindTunnelError, match="there is no body 'middle'"):
        around(middle=FreeBody(density=1.0))


def test_a_closed_box_is_driven_by_a_moving_body_only():
    """Without one nothing drives the flow; with one the fluid is at rest at first."""
    walls = tuple(SideWall(face) for face in FACES)
    with pytest.raises(WindTunnelError, match="no side is an inlet"):
        replace(TUNNEL, sides=walls).around(BALLS, "left")
    setup = replace(TUNNEL, sides=walls, moving={"left": along_x(0.3)}).around(BALLS, "left")
    assert setup.options.all_sides.is_still
    assert not any("would run through the wall" in each for each in setup.doubts)


def test_points_on_a_surface_are_as_dense_as_requested():
    mesh = TriangleMesh.box((0.0, 0.0, 0.0), (1.0, 2.0, 3.0))
    points = surface_points(mesh, 0.1)
    rng = np.random.default_rng(0)
    corners = np.stack(mesh.corners, axis=1)[rng.integers(len(mesh.faces), size=200)]
    on_it = np.einsum("ni,nij->nj", rng.dirichlet((1.0, 1.0, 1.0), size=200), corners)
    assert np.linalg.norm(on_it[:, None] - points, axis=2).min(axis=1).max() <= 0.1
    assert points.min(axis=0) == pytest.approx(0.0)
    assert points.max(axis=0) == pytest.approx((1.0, 2.0, 3.0))

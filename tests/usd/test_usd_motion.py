"""The path of a prim: turning, carried by its ancestors, in stage units and time codes."""

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.scene.usd import Scene, TransformSamples
from sparselbm.scene.usd.transforms import apply

CARRIED = """(
    metersPerUnit = 0.01
    timeCodesPerSecond = 25
    upAxis = "Z"
)
def Xform "Car"
{
    double3 xformOp:translate.timeSamples = { 10: (0, 0, 0), 60: (100, 0, 0) }
    uniform token[] xformOpOrder = ["xformOp:translate"]

    def Xform "Wheel"
    {
        float3 xformOp:scale = (2, 2, 2)
        float xformOp:rotateY.timeSamples = { 10: 0, 60: 720 }
        double3 xformOp:translate = (0, 0, 5)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateY", "xformOp:scale"]

        def Cube "Tyre"
        {
            double size = 2
        }
    }

    def Cube "Body"
    {
    }
}
def Cube "Ground"
{
}
"""


def test_a_turn_is_followed_beyond_half_a_turn(assets):
    """360 degrees in 4 s between two samples only, whose matrices are the same."""
    path = TransformSamples.of(assets / "rotor.usda", "/World/Rotor")
    assert path.times[[0, 1, -1]] == pytest.approx([0.0, 1.0 / 24.0, 4.0])
    angles = np.unwrap([np.arctan2(m[1, 0], m[0, 0]) for m in path.poses])
    assert angles == pytest.approx(0.5 * np.pi * path.times, abs=1e-6)
    assert np.abs(path.poses[:, :3, 3]).max() < 1e-12


def test_parents_scales_and_units_are_taken_along(written):
    """A wheel that rolls: points read by `Scene` are led to where the stage has them later, in metres."""
    scene = written(CARRIED)
    path = TransformSamples.of(scene, "/Car/Wheel", step=5.0)
    assert path.times[-1] == pytest.approx(2.0)
    start = Scene.open(scene).body("/Car/Wheel").mesh.points
    for k in (1, 4, len(path.times) - 1):
        there = Scene.open(scene, time=10.0 + 25.0 * path.times[k]).body("/Car/Wheel").mesh.points
        assert apply(path.poses[k], start) == pytest.approx(there, abs=1e-7)
        turn = path.poses[k, :3, :3]
        assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-6)
    later = TransformSamples.of(scene, "/Car/Wheel", time=30.0, step=5.0)
    there = Scene.open(scene, time=30.0).body("/Car/Wheel").mesh.points
    assert apply(later.poses[0], there) == pytest.approx(start, abs=1e-7)


def test_a_child_without_samples_follows_its_parent(written):
    path = TransformSamples.of(written(CARRIED), "/Car/Body")
    assert path.poses[-1, :3, 3] == pytest.approx((1.0, 0.0, 0.0))


MATRICES = """(
    metersPerUnit = 1
    timeCodesPerSecond = 1
    upAxis = "Z"
)
def Xform "Gate"
{
    matrix4d xformOp:transform.timeSamples = {
        0: ((2, 0, 0, 0), (0, 2, 0, 0), (0, 0, 2, 0), (5, 0, 0, 1)),
        1: ((0, 2, 0, 0), (-2, 0, 0, 0), (0, 0, 2, 0), (5, 0, 3, 1)),
    }
    uniform token[] xformOpOrder = ["xformOp:transform"]

    def Cube "Leaf"
    {
        double size = 1
        POINTS
    }
}
"""


def test_matrices_are_interpolated_as_screw_motions(written):
    """A quarter turn about an axis at x = 5 with a shift along it; USD's own interpolation would shrink the body."""
    path = TransformSamples.of(written(MATRICES.replace("POINTS", "")), "/Gate", step=0.25)
    assert path.times[[0, -1]] == pytest.approx([0.0, 1.0])
    assert len(path.times) >= 5
    for time, pose in zip(path.times, path.poses):
        assert pose @ (5.0, 0.0, 0.0, 1.0) == pytest.approx((5.0, 0.0, 3.0 * time, 1.0), abs=1e-6)
        c, s = np.cos(0.5 * np.pi * time), np.sin(0.5 * np.pi * time)
        assert pose[:3, :3] == pytest.approx(np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]), abs=1e-6)


def test_turns_of_more_than_one_in_a_time_code_are_followed(written):
    """Two turns in each time code, after which the matrices are the same."""
    fast = CARRIED.replace("60: 720", "60: 36000")
    path = TransformSamples.of(written(fast), "/Car/Wheel")
    turns = [a[:3, :3].T @ b[:3, :3] for a, b in zip(path.poses, path.poses[1:])]
    angles = [np.arctan2(turn[0, 2], turn[0, 0]) for turn in turns]
    assert np.sum(angles) == pytest.approx(100.0 * 2.0 * np.pi, rel=1e-6)
    assert np.max(angles) <= 1.0


def test_times_count_from_the_beginning_of_the_run(written):
    scene = written(CARRIED)
    assert TransformSamples.of(scene, "/Car/Body", begin=0.0).times[[0, -1]] == pytest.approx([0.4, 2.4])
    assert TransformSamples.of(scene, "/Car/Body", time=35.0, begin=35.0).times[0] == pytest.approx(-1.0)


CHANGING = {
    "points": ("/Gate", "double3 xformOp:scale.timeSamples = {0: (1, 1, 1), 1: (2, 2, 2)}\n"
               'uniform token[] xformOpOrder = ["xformOp:scale"]', "/Gate/Leaf moves relative to it"),
    "size": ("/Gate", "double size.timeSamples = {0: 1, 1: 2}", "size of /Gate/Leaf varies in time"),
    "scale": ("/Gate/Leaf", "double3 xformOp:scale.timeSamples = {0: (1, 1, 1), 1: (2, 2, 2)}\n"
              'uniform token[] xformOpOrder = ["xformOp:scale"]', "its size changes.* at time code 1"),
}


@pytest.mark.parametrize(("prim", "change", "fault"), CHANGING.values(), ids=CHANGING)
def test_shapes_that_change_are_refused(prim, change, fault, written):
    with pytest.raises(SceneError, match=f"{prim}: .*{fault}"):
        TransformSamples.of(written(MATRICES.replace("double size = 1", "" if "size.time" in change else "double size = 1")
                                    .replace("POINTS", change)), prim)


def test_prims_that_do_not_move_are_refused(written):
    scene = written(CARRIED)
    with pytest.raises(SceneError, match="/Ground: its transform has 0 time samples"):
        TransformSamples.of(scene, "/Ground")
    with pytest.raises(SceneError, match="no such prim"):
        TransformSamples.of(scene, "/Car/Whele")
    with pytest.raises(SceneError, match="step is 0"):
        TransformSamples.of(scene, "/Car", step=0.0)

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


def test_prims_that_do_not_move_are_refused(written):
    scene = written(CARRIED)
    with pytest.raises(SceneError, match="/Ground: its transform has 0 time samples"):
        TransformSamples.of(scene, "/Ground")
    with pytest.raises(SceneError, match="no such prim"):
        TransformSamples.of(scene, "/Car/Whele")
    with pytest.raises(SceneError, match="step is 0"):
        TransformSamples.of(scene, "/Car", step=0.0)

"""Time codes: results stand still at the time at which the scene was read, and play within the user's range."""

import numpy as np
import pytest

from sparselbm.results.stage import ResultsStage
from sparselbm.results.writer import claimed
from sparselbm.scene.usd import Scene, open_stage

HEAD = """(
    metersPerUnit = 0.01
    upAxis = "Z"
    timeCodesPerSecond = 25
    framesPerSecond = 25
    startTimeCode = 1001
    endTimeCode = 1026
)
"""
MOVES = "double3 xformOp:translate.timeSamples = { 1001: (0, 0, 0), 1026: (10, 0, 0) }\n"
ORDER = 'uniform token[] xformOpOrder = ["xformOp:translate"]\n'
ANIMATED = {
    "the prim": 'def Sphere "Ball" {' + MOVES + ORDER + "}",
    "a parent": 'def Xform "Car" {' + MOVES + ORDER + 'def Sphere "Ball" {}\n}',
    "points": """def Mesh "Ball" {
        uniform token subdivisionScheme = "none"
        int[] faceVertexCounts = [3, 3, 3, 3]
        int[] faceVertexIndices = [0, 2, 1, 0, 1, 3, 1, 2, 3, 0, 3, 2]
        point3f[] points.timeSamples = {
            1001: [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], 1026: [(10, 0, 0), (11, 0, 0), (10, 1, 0), (10, 0, 1)]
        }
    }""",
    "a size": 'def Sphere "Ball" { double radius.timeSamples = { 1001: 1, 1026: 3 }\n}',
    "an instance": 'def "Parts" (\ninstanceable = true\nreferences = </Kit>\n) {}\nclass "Kit" {'
    'def Sphere "Ball" {' + MOVES + ORDER + "}\n}",
    "copies": """def PointInstancer "Balls" {
        rel prototypes = </Balls/Ball>
        int[] protoIndices = [0, 0]
        point3f[] positions.timeSamples = { 1001: [(0, 0, 0), (5, 0, 0)], 1026: [(0, 0, 10), (5, 0, 10)] }
        def Sphere "Ball" {}
    }""",
    "visibility": 'def Cube "Box" {}\n'
    'def Sphere "Ball" { token visibility.timeSamples = { 1001: "inherited", 1010: "invisible" }\n}',
}


def shapes(path, time):
    return {body.path: body.mesh.points for body in Scene.open(path, time=time, segments=8).bodies}


@pytest.mark.parametrize("read_at", [None, 1013.5])
@pytest.mark.parametrize("animated", ANIMATED.values(), ids=ANIMATED)
def test_results_stand_still_at_the_time_that_was_read(written, tmp_path, animated, read_at):
    """At every time, and without one, the bodies are where they were when the flow around them was computed."""
    source = written(HEAD + animated)
    scene = Scene.open(source, time=read_at, segments=8)
    _, stage = claimed(tmp_path / "out", scene, overwrite=False)
    stage.save()
    there = {body.path: body.mesh.points for body in scene.bodies}
    for time in (None, 1001.0, 1026.0):
        found = shapes(stage.path, time)
        assert found.keys() == there.keys()
        for path, points in there.items():
            assert found[path] == pytest.approx(points, abs=1e-8)


def test_surface_values_lie_on_the_body_as_it_was_read(written, tmp_path):
    """A sphere is replaced by a mesh, whose parents move."""
    scene = Scene.open(written(HEAD + ANIMATED["a parent"]), time=1013.5, segments=8)
    _, stage = claimed(tmp_path / "out", scene, overwrite=False)
    stage.add_surface_fields(scene.bodies[0], {"pressure": scene.bodies[0].mesh.points[:, 0]})
    stage.save()
    for time in (None, 1001.0, 1026.0):
        found = shapes(stage.path, time)["/Car/Ball_optimised"]
        assert found == pytest.approx(scene.bodies[0].mesh.points, abs=1e-8)
        assert found.mean(axis=0)[0] == pytest.approx(0.05, abs=1e-3)


def test_the_users_range_and_rate_are_kept(written, tmp_path):
    source = written(HEAD + ANIMATED["the prim"])
    _, stage = claimed(tmp_path / "out", Scene.open(source, time=1013.5), overwrite=False)
    assert stage.playback.loop(12) == [1001.0 + k for k in range(12)]
    for time in (1001.0, 1012.0):
        stage.add_points("tracers", np.eye(3), np.ones(3), velocities=np.eye(3), width=0.1, time=time)
    stage.save()
    result = open_stage(stage.path)
    assert (result.GetStartTimeCode(), result.GetEndTimeCode()) == (1001.0, 1026.0)
    assert result.GetTimeCodesPerSecond() == result.GetFramesPerSecond() == 25.0
    assert stage.playback.loop(100)[-1] == 1026.0


def test_iterations_and_scenes_without_a_range_have_their_own(written, tmp_path):
    source = written(HEAD + ANIMATED["points"])
    scene = Scene.open(source, time=1013.5)
    _, stage = claimed(tmp_path / "out", scene, overwrite=False)
    for iteration in range(3):
        stage.add_iteration(scene.bodies[0], iteration, scene.bodies[0].mesh.points + iteration)
    for iteration in range(3):
        assert shapes(stage.path, iteration)["/Ball"] == pytest.approx(scene.bodies[0].mesh.points + iteration, abs=1e-6)
    result = open_stage(stage.path)
    assert (result.GetStartTimeCode(), result.GetEndTimeCode()) == (0.0, 2.0)
    still = Scene.open(written('(\nmetersPerUnit = 1\nupAxis = "Z"\n)\ndef Sphere "Ball" {}', "still.usda"))
    _, stage = claimed(tmp_path / "still", still, overwrite=False)
    assert stage.playback.loop(12) == [float(k) for k in range(12)]
    stage.save()
    assert open_stage(stage.path).GetEndTimeCode() == 11.0


CAMERA = 'def Camera "Eye" {\n' + MOVES + ORDER + "}\n"


def test_iterations_are_half_a_second_apart_and_cameras_keep_their_speed(written, tmp_path):
    """Time codes are iterations at 2 per second, whatever the rate of the scene: its camera still takes 1 s for its way."""
    from pxr import Usd, UsdGeom

    scene = Scene.open(written(HEAD + 'def Sphere "Ball" {}\n' + CAMERA), segments=8)
    with ResultsStage(scene.path, tmp_path / "out", "case") as results:
        for iteration in range(3):
            results.add_iteration(scene.body("/Ball"), iteration, scene.body("/Ball").mesh.points * (1.0 + iteration))
    stage = Usd.Stage.Open(str(results.path))
    assert stage.GetTimeCodesPerSecond() == 2.0
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0.0, 2.0)
    eye = UsdGeom.Xformable(stage.GetPrimAtPath("/Eye"))
    first = 1001.0 * 2.0 / 25.0
    for seconds, place in ((0.0, 0.0), (0.5, 5.0), (1.0, 10.0)):
        matrix = eye.ComputeLocalToWorldTransform(first + 2.0 * seconds)
        assert matrix.ExtractTranslation()[0] == pytest.approx(place, abs=1e-3)
    grown = [np.abs(Scene.open(results.path, time=time).bodies[0].mesh.points).max() for time in range(3)]
    assert np.array(grown) / grown[0] == pytest.approx([1.0, 2.0, 3.0])

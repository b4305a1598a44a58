"""Xform ops as design variables: where USD itself puts the points, and what is written back."""

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.results.stage import PrimOps, ResultsStage, validate_stage
from sparselbm.scene.usd import Scene

TURNED = """(
    metersPerUnit = 0.01
    upAxis = "Z"
)
def Xform "Base"
{
    double3 xformOp:translate = (10, 20, 30)
    float xformOp:rotateX = 30
    uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateX"]

    def Xform "Wing"
    {
        double3 xformOp:translate = (1, 2, 3)
        double3 xformOp:translate:pivot = (0.5, 0, 0.25)
        float3 xformOp:rotateZXY = (20, -40, 65)
        float3 xformOp:scale = (2, 1, 0.5)
        quatf xformOp:orient = (0.8, 0, 0.6, 0)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:translate:pivot", "xformOp:rotateZXY",
            "!invert!xformOp:translate:pivot", "xformOp:orient", "xformOp:scale"]

        def Cube "Tip"
        {
            double size = 4
            float3 xformOp:scale = (1, 1, 3)
            uniform token[] xformOpOrder = ["xformOp:scale"]
        }
    }
}
"""
WING = "/Base/Wing"
REACH = {"xformOp:translate": (1.0, 1.0, 0.0), "xformOp:rotateZXY": 30.0, "xformOp:scale": 0.25}


def test_points_are_where_usd_puts_them_with_the_values_written_back(written, tmp_path):
    """The chain's order, its pivot, units and parents: judged by USD's own composition of the results stage."""
    path = written(TURNED)
    scene, ops = Scene.open(path), PrimOps.of(path, WING, REACH)
    body = scene.body(WING)
    bound = ops.deformation.bind(body.mesh)
    x = bound.initial() + np.random.default_rng(0).uniform(-0.9, 0.9, bound.size) * (bound.bounds()[1] - bound.initial())
    with ResultsStage(path, tmp_path / "out", "case") as stage:
        stage.add_transform(ops, 0, ops.deformation.values(bound.initial()))
        stage.add_transform(ops, 1, ops.deformation.values(x))
    for time, variables in ((0, bound.initial()), (1, x)):
        there = Scene.open(stage.path, time=time).body(WING).mesh.points
        assert there == pytest.approx(bound.points(variables), abs=1e-7)
    assert np.abs(bound.points(x) - body.mesh.points).max() > 1e-3
    assert ops.carries(body)
    assert validate_stage(stage.path) == []


def test_only_ops_that_may_change_are_written(written, tmp_path):
    from pxr import Usd

    path = written(TURNED)
    ops = PrimOps.of(path, WING, {"xformOp:scale": 0.1})
    with ResultsStage(path, tmp_path / "out", "case") as stage:
        bound = ops.deformation.bind(Scene.open(path).bodies[0].mesh)
        stage.add_transform(ops, 3, ops.deformation.values(bound.initial()))
    result = Usd.Stage.Open(str(stage.path))
    sampled = [a.GetName() for a in result.GetPrimAtPath(WING).GetAttributes() if a.GetNumTimeSamples()]
    assert sampled == ["xformOp:scale"]


def test_a_gprim_s_own_ops_do_not_move_the_mesh_beside_it(written):
    path = written(TURNED)
    own = PrimOps.of(path, WING + "/Tip", {"xformOp:scale": 0.1})
    assert not own.carries(Scene.open(path).body(WING + "/Tip"))


def test_a_body_that_would_not_move_along_is_refused(written):
    path = written(TURNED)
    with pytest.raises(SceneError, match=r"/Base/Wing/Tip is not below /Base/Win"):
        PrimOps("/Base/Win", PrimOps.of(path, WING, REACH).deformation).require_above(Scene.open(path).bodies[0])


@pytest.mark.parametrize(("prim", "reach", "words"), [
    ("/Base/Wang", REACH, "no such prim"),
    (WING, {"xformOp:rotateX": 1.0}, r"no op xformOp:rotateX; use one of xformOp:translate"),
    (WING, {"xformOp:orient": 1.0}, "cannot be varied"),
    (WING, {"xformOp:translate:pivot": 1.0}, "not pivots"),
])
def test_what_cannot_be_varied_is_refused(written, prim, reach, words):
    with pytest.raises(SceneError, match=words):
        PrimOps.of(written(TURNED), prim, reach)

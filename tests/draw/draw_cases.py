"""Flows that are known in closed form, as snapshots, and a scene for them."""

from dataclasses import dataclass

import numpy as np
from pxr import Usd, UsdGeom

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.observe import Snapshot
from sparselbm.results.fields import FlowFrame
from sparselbm.scene.usd import Scene
from sparselbm.solver import Obstacle

BALL = TriangleMesh.sphere(0.5, subdivisions=3)
VOXEL = 0.1


def snapshot(velocity, pressure=lambda x: np.zeros(x.shape[:-1]), solid=lambda x: np.zeros(x.shape[:-1])):
    """Functions of x (..., 3) [m] on a box of 32^3 cells of 0.1 m about the origin."""
    domain = box((32, 32, 32), voxel_size=VOXEL, origin=(-1.6, -1.6, -1.6), device="cpu")
    x = domain.cell_centres()
    fields = (np.asarray(f(x), dtype=np.float32) for f in (velocity, pressure, solid))
    return Snapshot(domain, *fields, obstacles=(Obstacle("ball", BALL),))


def stream(x):
    """u = (1, 2, 0)."""
    return np.broadcast_to([1.0, 2.0, 0.0], x.shape)


def inside_ball(x):
    """The ball as solid fraction: 1 where a cell lies wholly in it, 0.87 of its edge deep."""
    return np.clip(0.5 + (0.4999 - np.linalg.norm(x, axis=-1)) / (3**0.5 * VOXEL), 0.0, 1.0)


def scene_of_ball(path):
    """The ball in a stage of Z-up centimetres."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    mesh = UsdGeom.Mesh.Define(stage, "/World/Ball")
    mesh.CreatePointsAttr((100.0 * BALL.points).astype(np.float32))
    mesh.CreateFaceVertexCountsAttr([3] * len(BALL.faces))
    mesh.CreateFaceVertexIndicesAttr(BALL.faces.ravel().tolist())
    mesh.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(mesh.GetPointsAttr().Get()))
    mesh.CreateSubdivisionSchemeAttr("none")
    stage.GetRootLayer().Export(str(path))
    return Scene.open(path)


@dataclass(frozen=True)
class Case:
    """A scene and the flow around its ball."""

    scene: Scene
    moment: FlowFrame


def case(path, velocity=stream):
    """The ball of `scene_of_ball` in a flow, p = x + 2 y + 3 z."""
    scene = scene_of_ball(path)
    flow = snapshot(velocity, lambda x: x @ [1.0, 2.0, 3.0], inside_ball)
    return Case(scene, FlowFrame(flow, scene.body("/World/Ball"), BALL, viscosity=0.5))

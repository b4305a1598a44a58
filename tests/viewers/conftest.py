"""Results that every viewer looks at."""

import numpy as np
import pytest
from draw_cases import BALL, case
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

from sparselbm.results.draw import (
    Glyphs,
    Isosurface,
    Slice,
    Streamlines,
    SurfaceValues,
    Tracers,
    VolumeGrids,
    draw_all,
)
from sparselbm.results.fields import Pressure
from sparselbm.results.stage import ResultsStage


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A ball that grows over three iterations, in a uniform stream; in its own scene all of it is red.

    In `run` lies one flow at all times, in `blinking` what is there at one time in the middle alone.
    """
    folder = tmp_path_factory.mktemp("viewers")
    ball = case(folder / "ball.usda")
    _paint(folder / "ball.usda")
    with ResultsStage(ball.scene.path, folder / "out", "ball") as stage:
        stage.add_camera(ball.moment.bounds)
        for time, level in enumerate((1.0, 1.5, 2.0)):
            stage.add_iteration(ball.moment.body, time, BALL.points * (1.0 + 0.1 * time))
            drawings = [
                SurfaceValues(), Slice(quantity=Pressure()), Streamlines(3), Tracers(3), Glyphs(axis=0, every=8),
                Isosurface(Pressure(), level),
            ]
            draw_all(drawings, stage, ball.moment, time)
        draw_all([VolumeGrids()], stage, ball.moment, None)
    with ResultsStage(ball.scene.path, folder / "run", "ball") as stage:
        draw_all([SurfaceValues(), Slice(), Tracers(3, frames=3), Isosurface(Pressure(), 1.0)], stage, ball.moment, None)
    at_rest = case(folder / "other.usda", np.zeros_like)
    with ResultsStage(ball.scene.path, folder / "blinking", "ball") as stage:
        for time, moment in enumerate((at_rest.moment, ball.moment, at_rest.moment)):
            surfaces = [Isosurface(Pressure(), 1.0 if time == 1 else 99.0)]
            draw_all([*surfaces, Slice(), Streamlines(3), Tracers(3), Glyphs(every=8)], stage, moment, time)
    (folder / "out" / "history.csv").write_text("iteration,objective,feasible\n0,1.5,1\n1,1.2,1\n2,1.1,1\n")
    return folder / "out"


def _paint(path):
    """A red material on the mesh, on half its faces for previews, and on all below /World whatever that says."""
    stage = Usd.Stage.Open(str(path))
    material = UsdShade.Material.Define(stage, "/World/Red")
    shader = UsdShade.Shader.Define(stage, "/World/Red/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(1.0, 0.0, 0.0))
    material.CreateSurfaceOutput().ConnectToSource(shader.CreateOutput("surface", Sdf.ValueTypeNames.Token))
    ball = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Ball"))
    half = list(range(ball.GetFaceCount() // 2))
    binding = UsdShade.MaterialBindingAPI.Apply(ball.GetPrim())
    binding.Bind(material)
    subset = binding.CreateMaterialBindSubset("half", half)
    tokens = UsdShade.Tokens
    UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(material, tokens.fallbackStrength, tokens.preview)
    above = UsdShade.MaterialBindingAPI.Apply(stage.GetPrimAtPath("/World"))
    above.Bind(material, tokens.strongerThanDescendants)
    stage.Save()

"""Everything that is read of a scene is that of its variants, attribute values and time."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sparselbm.case import Case
from sparselbm.cli.stored import stored_drawings
from sparselbm.results.draw import VolumeGrids
from sparselbm.scene.usd import Scene, TransformSamples, prim_bounds
from sparselbm.scene.usd.axis_prim import axis_of_prim

CARRIED = """(
    metersPerUnit = 1
    timeCodesPerSecond = 10
)
def Xform "Set" (
    variants = {
        string size = "whole"
    }
    prepend variantSets = "size"
)
{
    uniform token[] xformOpOrder = ["xformOp:scale"]
    variantSet "size" = {
        "whole" {
            float3 xformOp:scale = (1, 1, 1)
        }
        "large" {
            float3 xformOp:scale = (3, 3, 3)
        }
    }

    def Cube "Box"
    {
        double size = 0.5
        double3 xformOp:translate.timeSamples = { 0: (1, 0, 0), 10: (2, 0, 0) }
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
}
"""
BOX = "/Set/Box"
CHOICES = {
    "as it is": ({}, 1.0),
    "a variant": ({"variants": {"/Set:size": "large"}}, 3.0),
    "an attribute": ({"attributes": {"/Set.xformOp:scale": "2, 2, 2"}}, 2.0),
    "both": ({"variants": {"/Set:size": "large"}, "attributes": {"/Set.xformOp:scale": "2, 2, 2"}}, 2.0),
    "a time": ({"time": 5.0}, 1.5),
    "all three": ({"variants": {"/Set:size": "large"}, "attributes": {"/Set.xformOp:scale": "2, 2, 2"}, "time": 5.0}, 3.0),
}
"""Choices, and where the box is then along x."""


def _by_points(file, choice):
    return Scene.open(file, **choice).body(BOX).mesh.points.mean(axis=0)[0]


def _by_bounds(file, choice):
    return prim_bounds(file, BOX, "here", **choice).mean(axis=0)[0]


def _by_axis(file, choice):
    return axis_of_prim(Scene.open(file, **choice), BOX)[1][0]


def _by_motion(file, choice):
    """From the displacement to the end of the path, at which the box is twice as far as it moves."""
    poses = TransformSamples.of(file, BOX, **choice).poses
    return 2.0 * (poses[-1] - poses[0])[0, 3] - poses[-1, 0, 3]


def _by_region(file, choice):
    case = Case.open(file, variants=choice.get("variants"), attributes=choice.get("attributes"))
    case = replace(case, scene=replace(case.scene, time=choice.get("time")), output=replace(case.output, volume_prim=BOX))
    setup = SimpleNamespace(bounds=np.array([[-9.0] * 3, [9.0] * 3]), voxel_size=0.1)
    (drawing,) = stored_drawings(case, [VolumeGrids()], setup)
    return np.mean(drawing.region, axis=0)[0]


READERS = [_by_points, _by_bounds, _by_axis, _by_motion, _by_region]


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("reader", READERS, ids=lambda each: each.__name__.removeprefix("_by_"))
def test_every_reader_sees_the_chosen_scene(written, reader, choice):
    chosen, place = CHOICES[choice]
    assert reader(written(CARRIED), chosen) == pytest.approx(place, abs=1e-6)

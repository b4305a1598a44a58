"""Planes of a stage: rectangles whose normal is their axis."""

import numpy as np
import pytest

from sparselbm.scene.usd import Scene

NORMALS = {"X": (1.0, 0.0, 0.0), "Y": (0.0, 1.0, 0.0), "Z": (0.0, 0.0, 1.0)}
SIZES = {"X": (0.0, 3.0, 2.0), "Y": (2.0, 0.0, 3.0), "Z": (2.0, 3.0, 0.0)}
"""Extents for a width of 2 and a length of 3, as USD computes them too."""


@pytest.mark.parametrize("axis", NORMALS)
def test_a_plane_has_its_size_and_faces_along_its_axis(written, axis):
    from pxr import Usd, UsdGeom

    path = written(
        '(\n    metersPerUnit = 1\n)\ndef Plane "Window"\n{\n    double width = 2\n    double length = 3\n'
        f'    uniform token axis = "{axis}"\n}}\n'
    )
    mesh = Scene.open(path).body("/Window").mesh
    low, high = mesh.bounds
    assert high - low == pytest.approx(SIZES[axis])
    stage = Usd.Stage.Open(str(path))
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(stage.GetPrimAtPath("/Window")).ComputeAlignedRange()
    assert (low, high) == (pytest.approx(np.array(box.GetMin())), pytest.approx(np.array(box.GetMax())))
    a, b, c = mesh.points[mesh.faces].swapaxes(0, 1)
    areas = 0.5 * np.cross(b - a, c - a)
    assert areas.sum(axis=0) == pytest.approx(6.0 * np.array(NORMALS[axis]))

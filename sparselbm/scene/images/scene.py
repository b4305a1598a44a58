"""Scene that contains the box of an image."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...geometry import TriangleMesh
from ..usd import foreign
from ..usd.body import Body, Part
from ..usd.report import SceneReport
from ..usd.scene import Scene
from ..usd.stage import open_stage

BODY = "/Image"
"""Path of the box."""


def image_scene(path: Path, lower: Sequence[float], upper: Sequence[float]) -> Scene:
    """The scene of a stage or an image file, whose only body is the box of the image between two corners [m].

    Raises SceneError for a stage that does not exist or cannot be opened.
    """
    box = TriangleMesh.box(lower, upper)
    body = Body(BODY, box, (Part(BODY, slice(0, len(box.points)), slice(0, len(box.faces)), np.eye(4)),))
    up, unit = "Z", 1.0
    if foreign.is_stage(path):
        from pxr import UsdGeom

        stage = open_stage(path)
        up, unit = UsdGeom.GetStageUpAxis(stage), UsdGeom.GetStageMetersPerUnit(stage)
    return Scene(path, up, unit, (body,), SceneReport.of((body,), (), ()), (BODY,))

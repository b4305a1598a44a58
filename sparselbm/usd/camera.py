"""A camera that has the whole case in view."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pxr import Usd

MARGIN = 1.15
"""How much larger than the case the picture is."""


def add_camera(stage: Usd.Stage, path: str, bounds: np.ndarray) -> None:
    """Look at a box, shape (2, 3) in stage units, obliquely from above and from one side."""
    from pxr import Gf, UsdGeom

    vertical = 2 if UsdGeom.GetStageUpAxis(stage) == "Z" else 1
    up = np.eye(3)[vertical]
    aside = np.array([-0.35, 0.0, 0.0]) + 0.45 * up + (np.eye(3)[2] if vertical == 1 else -np.eye(3)[1])
    centre = bounds.mean(axis=0)
    radius = max(0.5 * float(np.linalg.norm(bounds[1] - bounds[0])), 1e-9)
    camera = UsdGeom.Camera.Define(stage, path)
    aperture, focal = 20.955, 35.0
    half_angle = np.arctan(0.5 * aperture * 9.0 / 16.0 / focal)
    distance = MARGIN * radius / np.sin(half_angle)
    eye = centre + distance * aside / np.linalg.norm(aside)
    camera.CreateHorizontalApertureAttr(aperture)
    camera.CreateVerticalApertureAttr(aperture * 9.0 / 16.0)
    camera.CreateFocalLengthAttr(focal)
    camera.CreateClippingRangeAttr(Gf.Vec2f(0.1 * (distance - radius), 10.0 * (distance + radius)))
    camera.CreateFocusDistanceAttr(float(distance))
    view = Gf.Matrix4d().SetLookAt(Gf.Vec3d(*eye), Gf.Vec3d(*centre), Gf.Vec3d(*up))
    camera.MakeMatrixXform().Set(view.GetInverse())

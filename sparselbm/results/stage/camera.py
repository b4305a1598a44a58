"""Cameras that have the whole case in view."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pxr import Usd

CAMERA = "/Results/Camera"
MARGIN = 1.15
"""How much larger than the case the picture is."""


@dataclass(frozen=True)
class View:
    """How a camera looks at the world."""

    place: tuple[float, float, float]
    """[m]"""
    target: tuple[float, float, float]
    """What it is focused on [m]."""
    angle: float
    """Of the picture from left to right [degrees]."""
    aspect: float
    """Width of the picture by its height."""


def first_view(stage: Usd.Stage) -> View | None:
    """That of the results' camera, or else of the scene's first one, as it stands first."""
    from pxr import Usd, UsdGeom

    cameras = [prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Camera)]
    if not cameras:
        return None
    prim = next((each for each in cameras if str(each.GetPath()) == CAMERA), cameras[0])
    # Its place in world space is in the matrix already.
    camera = UsdGeom.Camera(prim).GetCamera(Usd.TimeCode.EarliestTime())
    scale, place = UsdGeom.GetStageMetersPerUnit(stage), np.array(camera.frustum.position)
    ahead = np.array(camera.frustum.ComputeViewDirection()) * (camera.focusDistance or 1.0 / scale)
    angle = camera.GetFieldOfView(camera.FOVHorizontal)
    return View(tuple(scale * place), tuple(scale * (place + ahead)), angle, camera.aspectRatio)


def add_cameras(stage: Usd.Stage, root: str, bounds: np.ndarray) -> None:
    """Look at a box, shape (2, 3) in stage units: `Camera` obliquely, `SideCamera` level, `TopCamera` from above."""
    from pxr import UsdGeom

    up = np.eye(3)[2 if UsdGeom.GetStageUpAxis(stage) == "Z" else 1]
    level = np.eye(3)[2] if up[1] else -np.eye(3)[1]
    _add_camera(stage, f"{root}/Camera", bounds, np.array([-0.35, 0.0, 0.0]) + 0.45 * up + level, up)
    _add_camera(stage, f"{root}/SideCamera", bounds, level, up)
    _add_camera(stage, f"{root}/TopCamera", bounds, up, -level)


def _add_camera(stage: Usd.Stage, path: str, bounds: np.ndarray, aside: np.ndarray, up: np.ndarray) -> None:
    """Look at the box against `aside`."""
    from pxr import Gf, UsdGeom

    centre, aperture, focal = bounds.mean(axis=0), 20.955, 35.0
    aside = aside / np.linalg.norm(aside)
    right = np.cross(up, aside)
    right = right / np.linalg.norm(right)
    corners = np.array(list(product(*bounds.T))) - centre
    towards = corners @ aside
    size = max(float(np.abs(corners).max()), 1e-9)
    # How far away each corner has to be for it to lie within the picture.
    wide = np.abs(corners @ right) * focal / (0.5 * aperture)
    tall = np.abs(corners @ np.cross(aside, right)) * focal / (0.5 * aperture * 9.0 / 16.0)
    distance = float(max((towards + MARGIN * np.maximum(wide, tall)).max(), towards.max() + 0.1 * size))
    eye = centre + distance * aside
    camera = UsdGeom.Camera.Define(stage, path)
    camera.CreateHorizontalApertureAttr(aperture)
    camera.CreateVerticalApertureAttr(aperture * 9.0 / 16.0)
    camera.CreateFocalLengthAttr(focal)
    camera.CreateClippingRangeAttr(Gf.Vec2f(0.1 * (distance - towards.max()), 10.0 * (distance + size)))
    camera.CreateFocusDistanceAttr(float(distance))
    view = Gf.Matrix4d().SetLookAt(Gf.Vec3d(*eye), Gf.Vec3d(*centre), Gf.Vec3d(*up))
    camera.MakeMatrixXform().Set(view.GetInverse())

"""Cameras with the whole case in view."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.results.stage.root import drawings_of

if TYPE_CHECKING:
    from pxr import Usd

MARGIN = 1.15
"""Size of the picture relative to that of the case."""
NEAR = 0.1
"""Distance of the near clipping plane relative to that of the nearest part of the case."""


@dataclass(frozen=True)
class View:
    """Camera view."""

    place: tuple[float, float, float]
    """[m]"""
    target: tuple[float, float, float]
    """Focus point [m]."""
    angle: float
    """Horizontal angle of view [degrees]."""
    aspect: float
    """Aspect ratio: width by height."""


def first_view(stage: Usd.Stage) -> View | None:
    """View of the results' camera, or else of the scene's first one, at the first time."""
    from pxr import Usd, UsdGeom

    cameras = [prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Camera)]
    if not cameras:
        return None
    prim = next((each for each in cameras if str(each.GetPath()) == f"{drawings_of(stage)}/Camera"), cameras[0])
    # The matrix already includes its position in world space.
    camera = UsdGeom.Camera(prim).GetCamera(Usd.TimeCode.EarliestTime())
    scale, place = UsdGeom.GetStageMetersPerUnit(stage), np.array(camera.frustum.position)
    ahead = np.array(camera.frustum.ComputeViewDirection()) * (camera.focusDistance or 1.0 / scale)
    angle = camera.GetFieldOfView(camera.FOVHorizontal)
    return View(tuple(scale * place), tuple(scale * (place + ahead)), angle, camera.aspectRatio)


def add_cameras(stage: Usd.Stage, root: str, bounds: np.ndarray) -> None:
    """Points cameras at a box, shape (2, 3) in stage units: `Camera` obliquely, `SideCamera` level, `TopCamera` from above."""
    from pxr import UsdGeom

    up = np.eye(3)[2 if UsdGeom.GetStageUpAxis(stage) == "Z" else 1]
    level = np.eye(3)[2] if up[1] else -np.eye(3)[1]
    _add_camera(stage, f"{root}/Camera", bounds, np.array([-0.35, 0.0, 0.0]) + 0.45 * up + level, up)
    _add_camera(stage, f"{root}/SideCamera", bounds, level, up)
    _add_camera(stage, f"{root}/TopCamera", bounds, up, -level)


def _add_camera(stage: Usd.Stage, path: str, bounds: np.ndarray, aside: np.ndarray, up: np.ndarray) -> None:
    """Points a camera at the box in the direction opposite to `aside`."""
    from pxr import Gf, UsdGeom

    centre, aperture, focal = bounds.mean(axis=0), 20.955, 35.0
    aside = aside / np.linalg.norm(aside)
    right = np.cross(up, aside)
    right = right / np.linalg.norm(right)
    corners = np.array(list(product(*bounds.T))) - centre
    towards = corners @ aside
    size = max(float(np.abs(corners).max()), 1e-9)
    # Distance at which each corner is within the picture.
    wide = np.abs(corners @ right) * focal / (0.5 * aperture)
    tall = np.abs(corners @ np.cross(aside, right)) * focal / (0.5 * aperture * 9.0 / 16.0)
    distance = float(max((towards + MARGIN * np.maximum(wide, tall)).max(), towards.max() + 0.1 * size))
    eye = centre + distance * aside
    camera = UsdGeom.Camera.Define(stage, path)
    camera.CreateHorizontalApertureAttr(aperture)
    camera.CreateVerticalApertureAttr(aperture * 9.0 / 16.0)
    camera.CreateFocalLengthAttr(focal)
    camera.CreateClippingRangeAttr(Gf.Vec2f(NEAR * (distance - towards.max()), 10.0 * (distance + size)))
    camera.CreateFocusDistanceAttr(float(distance))
    view = Gf.Matrix4d().SetLookAt(Gf.Vec3d(*eye), Gf.Vec3d(*centre), Gf.Vec3d(*up))
    camera.MakeMatrixXform().Set(view.GetInverse())

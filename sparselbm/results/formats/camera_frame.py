"""Part of space that a picture shows: all shapes, as large as its window allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MARGIN = 1.06
"""Size of what a window shows, relative to the shapes."""
LOWEST, HIGHEST = 0.42, 0.75
"""Smallest and largest height of a window relative to its width."""


@dataclass(frozen=True, eq=False)
class CameraFrame:
    """Rectangle across the direction of view that contains all shapes, for a camera without perspective."""

    centre: np.ndarray
    """Point in its middle, and in the middle of the shapes along the direction of view [m], (3,)."""
    eye: np.ndarray
    """Unit vector towards the camera, (3,)."""
    up: np.ndarray
    """Unit vector that is vertical in the picture, (3,)."""
    size: tuple[float, float]
    """Width and height [m]."""
    depth: float
    """Extent of the shapes along the direction of view [m]."""

    @classmethod
    def around(cls, points: np.ndarray, eye: Sequence[float], up_axis: str) -> CameraFrame:
        """Frame of points (n, 3) [m], seen from a direction that is not vertical."""
        ahead = np.asarray(eye, float) / np.linalg.norm(eye)
        right = np.cross((0.0, 0.0, 1.0) if up_axis == "Z" else (0.0, 1.0, 0.0), ahead)
        right /= np.linalg.norm(right)
        axes = np.stack([right, np.cross(ahead, right), ahead])
        places = points @ axes.T
        low, high = places.min(axis=0), places.max(axis=0)
        width, height, depth = (float(each) for each in MARGIN * (high - low))
        return cls(0.5 * (low + high) @ axes, ahead, axes[1], (width, height), depth)

    def window(self, width: int) -> tuple[int, int]:
        """Width and height of a window [pixels], even as films require, in the shape of the frame as far as that is legible."""
        share = min(max(self.size[1] / max(self.size[0], 1e-300), LOWEST), HIGHEST)
        return width // 2 * 2, round(width * share) // 2 * 2

    def aim(self, plotter) -> None:
        """Points the camera of a PyVista plotter at the frame."""
        wide, high = plotter.window_size
        # The camera is outside of the shapes, so that none is behind it.
        away = self.depth + max(self.size)
        camera = plotter.camera
        camera.position, camera.focal_point, camera.up = self.centre + away * self.eye, self.centre, self.up
        camera.parallel_projection = True
        camera.parallel_scale = 0.5 * max(self.size[1], self.size[0] * high / wide)
        plotter.renderer.reset_camera_clipping_range()

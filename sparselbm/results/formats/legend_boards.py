"""Colour bars of results as boards beside the shapes, for formats that show space alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..reader import Results
from .shapes import Surface

FACES = np.array([(0, 1, 2), (0, 2, 3)])
PLACES = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
"""Texture coordinates of the corners, from the lower left corner of the picture on."""
_HEIGHT, _GAP = 0.35, 0.1
"""Height relative to the longest side of the shapes, and distance between boards relative to their height."""


@dataclass(frozen=True, eq=False)
class LegendBoard:
    """Rectangle with a picture."""

    picture: Path
    """PNG file."""
    points: np.ndarray
    """Corners [m], (4, 3), from the lower left one on, counter-clockwise as seen from the front."""
    normal: np.ndarray
    """Direction of the front, (3,)."""


def legend_boards(results: Results, shapes: Sequence[Surface], up_axis: str) -> tuple[LegendBoard, ...]:
    """The colour bars of the results, side by side along x, upright, before the middle of the side of lowest x of the shapes."""
    from matplotlib.image import imread

    low = np.min([each.points.min(axis=0) for each in shapes], axis=0)
    high = np.max([each.points.max(axis=0) for each in shapes], axis=0)
    up, across = (2, 1) if up_axis == "Z" else (1, 2)
    height, found = _HEIGHT * float((high - low).max()), []
    left = low.copy()
    left[across] = 0.5 * (low + high)[across]
    for picture in sorted(results.folder.glob(f"{results.name}_legend_*.png"), reverse=True):
        rows, columns = imread(picture).shape[:2]
        width = height * columns / rows
        left[0] -= width + _GAP * height
        points = left + PLACES[:, :1] * width * np.eye(3)[0] + PLACES[:, 1:] * height * np.eye(3)[up]
        # Viewers look along y where z is up, and against z where y is.
        found.append(LegendBoard(picture, points, np.eye(3)[across] * (-1.0 if up_axis == "Z" else 1.0)))
    return tuple(found)

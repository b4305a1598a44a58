"""Box of a wind tunnel in whole tiles, around a body or between given corners."""

from __future__ import annotations

import math

import numpy as np

from ..geometry import TriangleMesh
from ..layout import EDGE


def extent_across(mesh: TriangleMesh, axis: int) -> float:
    """Largest extent of a body across the flow [m]."""
    low, high = mesh.bounds
    return float(max((high - low)[k] for k in range(3) if k != axis))


def box_around(
    mesh: TriangleMesh, axis: int, *, upstream: float, downstream: float, side: float, voxel_size: float
) -> np.ndarray:
    """Corners of the box at these distances from a body [m], extended to whole tiles, (2, 3) [m]."""
    low, high = mesh.bounds
    before, after = np.full(3, side), np.full(3, side)
    before[axis], after[axis] = upstream, downstream
    low, high = low - before, high + after
    size = _in_tiles(high - low, voxel_size)
    # A body centred between its margins stays centred, so that a symmetric flow stays symmetric.
    across = np.arange(3) != axis
    low = np.where(across, low - 0.5 * (size - (high - low)), low)
    return np.array([low, low + size])


def box_between(low: np.ndarray, high: np.ndarray, voxel_size: float) -> np.ndarray:
    """Corners of the box from its lower corner [m], the upper one moved out to whole tiles, (2, 3)."""
    return np.array([low, low + _in_tiles(high - low, voxel_size)])


def _in_tiles(extent: np.ndarray, voxel_size: float) -> np.ndarray:
    """Extent [m], rounded up to whole tiles so that no cell of a tile is wasted."""
    return np.array([EDGE * math.ceil(x / (EDGE * voxel_size) - 1e-9) for x in extent]) * voxel_size

"""Box of a wind tunnel in whole tiles, around a body or between given corners."""

from __future__ import annotations

import math

import numpy as np

from ..errors import WindTunnelError
from ..geometry import TriangleMesh
from ..layout import EDGE
from ..models.boundary import Face

CLEARANCE = 2.0
"""Least distance of the obstacle from the inlet and the outlet [cells]; other bodies within it are clipped there."""


def extent_across(mesh: TriangleMesh, axis: int) -> float:
    """Largest extent of a body across the flow [m]."""
    low, high = mesh.bounds
    return float(max((high - low)[k] for k in range(3) if k != axis))


def box_around(mesh: TriangleMesh, axis: int, *, upstream: float, downstream: float, side: float) -> np.ndarray:
    """Corners of the box at these distances from a body [m], (2, 3)."""
    before, after = np.full(3, side), np.full(3, side)
    before[axis], after[axis] = upstream, downstream
    return np.array([mesh.bounds[0] - before, mesh.bounds[1] + after])


def in_whole_tiles(bounds: np.ndarray, voxel_size: float, centred: np.ndarray) -> np.ndarray:
    """A box (2, 3) [m] rounded up to whole tiles: at its upper ends, or on both sides along the axes that are `centred`, (3,).

    A body centred between its margins stays centred, so that a symmetric flow stays symmetric.
    """
    size = _in_tiles(bounds[1] - bounds[0], voxel_size)
    low = np.where(centred, bounds[0] - 0.5 * (size - (bounds[1] - bounds[0])), bounds[0])
    return np.array([low, low + size])


def box_on_ground(bounds: np.ndarray, face: Face, coordinate: float, voxel_size: float) -> np.ndarray:
    """A box whose side lies at a coordinate [m] instead, and whose opposite side is moved to whole tiles from there, (2, 3)."""
    result, k = bounds.copy(), face.axis
    extent = abs(bounds[1 - face.end, k] - coordinate)
    result[face.end, k] = coordinate
    result[1 - face.end, k] = coordinate + face.inward * _in_tiles(np.array([extent]), voxel_size)[0]
    return result


def _in_tiles(extent: np.ndarray, voxel_size: float) -> np.ndarray:
    """Extent [m], rounded up to whole tiles so that no cell of a tile is wasted."""
    return np.array([EDGE * math.ceil(x / (EDGE * voxel_size) - 1e-9) for x in extent]) * voxel_size


def require_in_box(name: str, mesh: TriangleMesh, bounds: np.ndarray) -> None:
    """Raises WindTunnelError for a body that lies outside the box."""
    low, high = mesh.bounds
    if np.any(high < bounds[0]) or np.any(low > bounds[1]):
        raise WindTunnelError(
            f"{name} ({_span(low, high)} m) lies outside the tunnel ({_span(*bounds)} m): "
            "leave it out (ignore=), or enlarge upstream, downstream or side"
        )


def require_clear(name: str, mesh: TriangleMesh, bounds: np.ndarray, axis: int, voxel_size: float, *, fixed: bool) -> None:
    """Raises WindTunnelError for an obstacle outside the box, or closer than `CLEARANCE` to the inlet or the outlet.

    `fixed`: whether the corners of the box were specified.
    """
    margin = CLEARANCE * voxel_size
    require_in_box(name, mesh, bounds)
    low, high = mesh.bounds
    gaps = (("inlet", low - bounds[0], "upstream"), ("outlet", bounds[1] - high, "downstream"))
    for end, gap, side in gaps:
        if gap[axis] < margin:
            where = f"is {gap[axis]:.4g} m from" if gap[axis] >= 0.0 else f"reaches {-gap[axis]:.4g} m beyond"
            raise WindTunnelError(
                f"{name} {where} the {end}, but must end {margin:.4g} m (2 cells) before it: "
                + ("move the corners apart" if fixed else f"enlarge {side}")
            )


def _span(low: np.ndarray, high: np.ndarray) -> str:
    return " to ".join("(" + ", ".join(f"{x:.4g}" for x in corner) + ")" for corner in (low, high))

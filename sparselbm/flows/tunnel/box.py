"""Box of a wind tunnel in whole tiles, around a body or between given corners."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ...errors import WindTunnelError
from ...geometry import TriangleMesh
from ...layout import EDGE
from ...models.boundary import Face
from ...quantities import vector_text
from .stream import Stream

CLEARANCE = 2.0
"""Least distance of the obstacle from the inlet and the outlet [cells]; other bodies within it are clipped there."""


def box_around(mesh: TriangleMesh, stream: Stream, *, upstream: float, downstream: float, side: float) -> np.ndarray:
    """Corners of the box at these distances from a body [m], (2, 3), the first two along the main axis of the stream."""
    margins = np.full((2, 3), side)
    margins[stream.inlet.end, stream.axis], margins[stream.outlet.end, stream.axis] = upstream, downstream
    return np.array([mesh.bounds[0] - margins[0], mesh.bounds[1] + margins[1]])


def growth_around(stream: Stream) -> np.ndarray:
    """Share of the growth to whole tiles that lies at the lower side of a box around a body, by axis, (3,): half of it across the
    flow, so that a symmetric flow stays symmetric, and all of it downstream."""
    return np.where(np.arange(3) == stream.axis, float(stream.outlet.end == 0), 0.5)


def in_whole_tiles(bounds: np.ndarray, voxel_size: float, growth: np.ndarray) -> np.ndarray:
    """A box (2, 3) [m] rounded up to whole tiles; `growth`: share of the difference at the lower side, by axis, (3,)."""
    size = _in_tiles(bounds[1] - bounds[0], voxel_size)
    low = bounds[0] - growth * (size - (bounds[1] - bounds[0]))
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


def reaches_into(mesh: TriangleMesh, bounds: np.ndarray) -> bool:
    """Whether the bounding box of a body meets the box."""
    low, high = mesh.bounds
    return bool(np.all(high >= bounds[0]) and np.all(low <= bounds[1]))


def within_box(bodies: Mapping[str, TriangleMesh], obstacle: str, bounds: np.ndarray) -> dict[str, TriangleMesh]:
    """The obstacle, and the bodies that reach into the box."""
    return {name: mesh for name, mesh in bodies.items() if name == obstacle or reaches_into(mesh, bounds)}


def require_in_box(name: str, mesh: TriangleMesh, bounds: np.ndarray) -> None:
    """Raises WindTunnelError for a body that lies outside the box."""
    low, high = mesh.bounds
    if not reaches_into(mesh, bounds):
        raise WindTunnelError(
            f"{name} ({_span(low, high)} m) lies outside the tunnel ({_span(*bounds)} m): "
            "leave it out (ignore=), or enlarge upstream, downstream or side"
        )


def gap_to(face: Face, mesh: TriangleMesh, bounds: np.ndarray) -> float:
    """Distance of a body from a side of the box [m]; negative beyond it."""
    return float(face.inward * (mesh.bounds[face.end] - bounds[face.end])[face.axis])


def require_clear(
    name: str, mesh: TriangleMesh, bounds: np.ndarray, openings: Mapping[Face, str], stream: Stream, voxel_size: float, *,
    fixed: bool,
) -> None:
    """Raises WindTunnelError for an obstacle outside the box, or closer than `CLEARANCE` to an inlet or an outlet.

    `openings`: names of the inlets and outlets by side; `fixed`: whether the corners of the box were specified.
    """
    margin = CLEARANCE * voxel_size
    require_in_box(name, mesh, bounds)
    margins = {stream.inlet: "upstream", stream.outlet: "downstream"}
    for face, opening in openings.items():
        gap = gap_to(face, mesh, bounds)
        if gap < margin:
            where = f"is {gap:.4g} m from" if gap >= 0.0 else f"reaches {-gap:.4g} m beyond"
            raise WindTunnelError(
                f"{name} {where} the {opening}, but must end {margin:.4g} m (2 cells) before it: "
                + ("move the corners apart" if fixed else f"enlarge {margins.get(face, 'side')}")
            )


def _span(low: np.ndarray, high: np.ndarray) -> str:
    return f"{vector_text(low)} to {vector_text(high)}"

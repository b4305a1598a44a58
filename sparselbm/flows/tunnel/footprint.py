"""Footprints of surfaces on the sides of a box."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...errors import GeometryError, WindTunnelError
from ...geometry import TriangleMesh
from ...geometry.clipping import clipped
from ...geometry.frontal_area import silhouette
from ...models.boundary import Face

_PIXELS = 1024
"""Least number of pixels along the longer edge of a side, on which the area of a footprint is counted."""
_LAYERS = 0.02
"""Difference from the counted area below which the sum over the faces, or half of it, is the area of the footprint."""


@dataclass(frozen=True, eq=False)
class Footprint:
    """Silhouette of a surface along the normal of a side of a box, as far as it lies on that side."""

    face: Face
    """The side."""
    cells: np.ndarray
    """Mask of the cells along the side whose centres lie in the silhouette."""
    area: float
    """Area of the silhouette on the side [m^2]."""

    @classmethod
    def of(cls, mesh: TriangleMesh, face: Face, bounds: np.ndarray, voxel_size: float) -> Footprint:
        """`bounds`: lower and upper corner of the box [m], (2, 3).

        The area is the sum over the faces of a flat surface, half of it for a convex closed one, and otherwise counted on pixels.
        """
        low, high = np.delete(bounds, face.axis, axis=1)
        columns, rows = (round(x) for x in (high - low) / voxel_size)
        cells = silhouette(mesh, face.axis, low, high, (columns, rows))
        finer = math.ceil(_PIXELS / max(columns, rows))
        seen = silhouette(mesh, face.axis, low, high, (finer * columns, finer * rows))
        area = float(seen.mean() * np.prod(high - low))
        column = np.array(bounds)
        column[:, face.axis] = mesh.bounds[:, face.axis] + (-voxel_size, voxel_size)
        part = part_between(mesh, *column)
        faces = 0.0 if part is None else float(np.abs(part.area_vectors[:, face.axis]).sum())
        exact = (each for each in (faces, 0.5 * faces) if abs(each - area) <= _LAYERS * area)
        return cls(face, cells, next(exact, area))


def part_between(mesh: TriangleMesh, low: np.ndarray, high: np.ndarray) -> TriangleMesh | None:
    """The part of a surface between two corners [m]; None: there is none."""
    try:
        return clipped(mesh, low, high, "the surface")
    except GeometryError:
        return None


def footprint_on_side(name: str, mesh: TriangleMesh, bounds: np.ndarray, wanted: np.ndarray, voxel_size: float) -> Footprint:
    """Footprint on the side of the box at which a surface lies; of several sides, that with the largest one.

    `bounds`: lower and upper corner of the box [m], (2, 3); `wanted`: those before the sides were moved to whole tiles. A surface
    lies at a side if it comes within one cell of either. Raises WindTunnelError if it lies at none, and if its footprint there
    contains the centre of no cell.
    """
    low, high = mesh.bounds
    places = {
        Face(k, end): (min(bounds[end, k], wanted[end, k]) - voxel_size, max(bounds[end, k], wanted[end, k]) + voxel_size)
        for k in range(3) for end in (0, 1)
    }
    gaps = {face: max(low[face.axis] - last, first - high[face.axis]) for face, (first, last) in places.items()}
    found = [Footprint.of(mesh, face, bounds, voxel_size) for face, gap in gaps.items() if gap <= 0.0]
    best = max(found, key=lambda each: each.area, default=None)
    if best is None:
        face = min(gaps, key=lambda each: gaps[each])
        raise WindTunnelError(
            f"{name} lies {gaps[face] + voxel_size:.4g} m from the nearest side of the box, {face} at "
            f"{'xyz'[face.axis]} = {bounds[face.end, face.axis]:.4g} m, but an opening of a box lies within {voxel_size:.4g} m "
            "(1 cell) of a side: move it there, or the side; an opening of a surface needs a prim with the role fluidVolume"
        )
    if not best.cells.any():
        raise WindTunnelError(
            f"the footprint of {name} on {best.face} contains the centre of no cell (area {best.area:.3g} m^2 on the side, cells "
            f"of {voxel_size:.4g} m): move it onto the side, enlarge it, or use a smaller voxel_size"
        )
    return best

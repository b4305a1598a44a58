"""Isosurfaces of values on tiles, by Warp's sparse marching cubes."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from ..layout import EDGE
from .triangles import TriangleMesh


def surface_between(
    blocks: np.ndarray, cells: np.ndarray, value: float, *, origin: Sequence[float], voxel_size: float, device=None
) -> TriangleMesh | None:
    """Isosurface of point values, trilinear between points [m]; None if the value never occurs.

    Normals point towards larger values. The surface is open next to cubes that contain a NaN. Marching cubes (Lorensen &
    Cline 1987, Computer Graphics 21, p. 163) runs on the cubes that the surface crosses; the others are skipped by
    their minimum and maximum.

    Args:
        blocks: values (n, 9, 9, 9) float32 of n tiles: at their own points and those of the upper neighbours.
        cells: indices (n, 512, 3) of the tiles' own points.
        value: the value of the isosurface.
        origin: position of point (0, 0, 0) [m].
        voxel_size: distance between neighbouring points [m].
        device: Warp device, the current one if None.
    """
    import warp.geometry

    corners: dict[tuple[int, ...], np.ndarray] = {c: _shifted(blocks, c).reshape(-1) for c in product((0, 1), repeat=3)}
    with np.errstate(invalid="ignore"):
        low = np.minimum.reduce(list(corners.values()))  # NaN if any of them is NaN.
        high = np.maximum.reduce(list(corners.values()))
        met = np.flatnonzero((low < value) & (high >= value))
    if not len(met):
        return None
    order = warp.geometry.IsoSurfaceMarchingCubes.CUBE_CORNER_OFFSETS
    values = np.stack([corners[tuple(int(k) for k in c)][met] for c in order], axis=1)
    x, y, z = (float(each) for each in origin)
    points, faces = warp.geometry.sparse_marching_cubes_from_cells(
        cells.reshape(-1, 3)[met], values, (x, y, z), voxel_size, value, device
    )
    return TriangleMesh(points.numpy().astype(np.float64), faces.numpy().reshape(-1, 3).astype(np.int32))


def _shifted(blocks: np.ndarray, corner: tuple[int, ...]) -> np.ndarray:
    """Values (n, 8, 8, 8) at that corner of each cube."""
    x, y, z = (slice(c, c + EDGE) for c in corner)
    return blocks[:, x, y, z]

"""Isosurfaces of values on tiles, by Warp's sparse marching cubes."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from .triangles import TriangleMesh


def surface_between(
    blocks: np.ndarray, cells: np.ndarray, value: float, *, origin: Sequence[float], voxel_size: float, device=None
) -> TriangleMesh | None:
    """The surface on which values at points take a value, trilinear between them [m]; None where they never do.

    Normals point to larger values. Open beside cubes that have a NaN. Marching cubes (Lorensen & Cline 1987, Computer
    Graphics 21, p. 163) on the cubes that the surface passes through; no others are looked at by more than their least and
    largest value.

    Args:
        blocks: values (n, 9, 9, 9) float32 of n tiles: at their own points, and those of the neighbours above.
        cells: indices (n, 512, 3) of the tiles' own points.
        value: the value that is sought.
        origin: place of point (0, 0, 0) [m].
        voxel_size: distance of neighbouring points [m].
        device: Warp device, the current one if None.
    """
    import warp.geometry

    corners: dict[tuple[int, ...], np.ndarray] = {c: _shifted(blocks, c).reshape(-1) for c in product((0, 1), repeat=3)}
    with np.errstate(invalid="ignore"):
        low = np.minimum.reduce(list(corners.values()))  # NaN where one of them is.
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
    """The values (n, 8, 8, 8) at that corner of each cube."""
    x, y, z = (slice(c, c + 8) for c in corner)
    return blocks[:, x, y, z]

"""Isosurfaces of fields of the cells."""

from itertools import product

import numpy as np

from ..geometry import TriangleMesh
from .halo import with_halo
from .topology import Domain


def isosurface(domain: Domain, field: np.ndarray, value: float) -> TriangleMesh | None:
    """The surface on which a field (n, 512) takes a value, trilinear between the centres of cells [m]; None where it never does.

    Normals point to where the field is less. Open beside cells whose value is NaN, and at the domain's ends. Marching cubes
    (Lorensen & Cline 1987, Computer Graphics 21, p. 163) on the cubes between eight centres that the surface passes
    through; no others are looked at by more than their least and largest value.
    """
    import warp.geometry

    block = with_halo(domain, field.astype(np.float32))[:, 1:, 1:, 1:]
    corners: dict[tuple[int, ...], np.ndarray] = {c: _shifted(block, c).reshape(-1) for c in product((0, 1), repeat=3)}
    with np.errstate(invalid="ignore"):
        low = np.minimum.reduce(list(corners.values()))  # NaN where one of them is.
        high = np.maximum.reduce(list(corners.values()))
        met = np.flatnonzero((low < value) & (high >= value))
    if not len(met):
        return None
    order = warp.geometry.IsoSurfaceMarchingCubes.CUBE_CORNER_OFFSETS
    values = np.stack([corners[tuple(c)][met] for c in order], axis=1)
    half, (x, y, z) = 0.5 * domain.voxel_size, domain.origin
    points, faces = warp.geometry.sparse_marching_cubes_from_cells(
        domain.cell_indices().reshape(-1, 3)[met], values, (x + half, y + half, z + half), domain.voxel_size, value,
        domain.device,
    )  # fmt: skip
    # Warp winds triangles towards larger values.
    return TriangleMesh(points.numpy().astype(np.float64), faces.numpy().reshape(-1, 3)[:, ::-1].astype(np.int32))


def _shifted(block: np.ndarray, corner: tuple[int, ...]) -> np.ndarray:
    """The values (n, 8, 8, 8) at that corner of each cube, of (n, 9, 9, 9)."""
    x, y, z = (slice(c, c + 8) for c in corner)
    return block[:, x, y, z]

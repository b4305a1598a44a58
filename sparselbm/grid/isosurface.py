"""Isosurfaces of cell fields."""

import numpy as np

from ..geometry import TriangleMesh
from ..geometry.marching_cubes import surface_between
from ..layout import EDGE
from .domain import Domain
from .ghost_cells import seams
from .halo import with_halo


def isosurface(domain: Domain, field: np.ndarray, value: float) -> TriangleMesh | None:
    """Isosurface of a field (n, 512), trilinear between cell centres [m]; None if the field never takes the value.

    Normals point towards smaller values. The surface is open next to cells whose value is NaN and at the domain's ends; along a
    periodic axis it reaches from the first layer of centres to the image of that layer.
    """
    half = 0.5 * domain.voxel_size
    blocks = with_halo(domain, field.astype(np.float32))[:, 1:, 1:, 1:]
    for axis in seams(domain.shape, domain.periodic):  # Behind the image of the first layer lies that of the last.
        index = domain.first_cells[:, axis, None] + np.arange(EDGE + 1)
        np.moveaxis(blocks, 1 + axis, 1)[index > domain.shape[axis]] = np.nan
    found = surface_between(
        blocks, domain.cell_indices(), value,
        origin=[x + half for x in domain.origin], voxel_size=domain.voxel_size, device=domain.device,
    )
    return None if found is None else TriangleMesh(found.points, np.ascontiguousarray(found.faces[:, ::-1]))

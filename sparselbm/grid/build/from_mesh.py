"""Domain inside a closed surface, for internal flow."""

import warnings
from collections.abc import Sequence

import numpy as np
import warp as wp

from ...errors import DomainError
from ...geometry import SurfaceQuery, TriangleMesh
from ..domain import Domain, build_domain
from .halving import OPEN_LIMIT, Halving


def inside(
    mesh: TriangleMesh, *, voxel_size: float, origin: Sequence[float] | None = None, shape: Sequence[int] | None = None,
    margin: float = 0.0, reach: float = 0.0, periodic: Sequence[bool] = (False, False, False),
    device: wp.DeviceLike = None,
) -> Domain:
    """Returns the domain of the cells whose centre lies inside a mesh: signed distance below `reach` cells.

    The box runs from `origin` [m], by default the mesh's lower corner, over `shape` cells, by default to the last layer
    of centres within the mesh's bounds. Everything outside the box is cut off, so that a mesh that ends on a face of the
    box has an opening there for a boundary condition. Tiles within `margin` cells of such cells are also included, as
    room for a moving wall. `reach` includes cells beyond the surface, for a wall that is an
    `Obstacle(hollow=True)`. `voxel_size` is in metres.

    The work scales with the surface area in cells, not with the box (see `Halving`). Open meshes are classified by
    winding number, with a warning; every cell of the box is then evaluated.
    Raises DomainError if an argument is out of range or no cell lies inside.
    """
    if not (np.isfinite(voxel_size) and voxel_size > 0 and np.isfinite(margin) and margin >= 0 and np.isfinite(reach)):
        raise DomainError(
            f"the voxel size is {voxel_size} m, the margin {margin} and the reach {reach} cells: "
            "the voxel size must be above 0, the margin at least 0, and all must be finite"
        )
    lower = mesh.bounds[0] if origin is None else np.asarray(origin, dtype=np.float64)
    extent = _extent(mesh, lower, voxel_size) if shape is None else tuple(int(n) for n in shape)
    if len(lower) != 3 or len(extent) != 3 or min(extent) < 1:
        raise DomainError(
            f"the box from {tuple(lower)} m to the mesh's upper corner {tuple(mesh.bounds[1])} m has {extent} cells: "
            "it needs at least one along each of three axes; use smaller voxels or move the origin"
        )
    query = SurfaceQuery(mesh, device=device)
    if not query.closed:
        _warn_open(extent)
    found = Halving(query, lower, voxel_size, extent, margin=margin, reach=reach)
    if not found.any_cell:
        raise DomainError(
            f"no cell centre lies inside the mesh, which measures {tuple(np.ptp(mesh.bounds, axis=0))} m, at a voxel "
            f"size of {voxel_size} m: use smaller voxels, or turn the faces outward with geometry.repair"
        )
    return build_domain(
        shape=extent, voxel_size=float(voxel_size), origin=tuple(float(x) for x in lower), periodic=tuple(periodic),
        tiles=found.tiles, fluid=found.holds, device=device,
    )


def _extent(mesh: TriangleMesh, lower: np.ndarray, voxel_size: float) -> tuple[int, ...]:
    """Number of layers of cell centres from the origin to the mesh's upper corner, robust to rounding errors."""
    return tuple(int(n) for n in np.ceil((mesh.bounds[1] - lower) / voxel_size - 0.5 - 1e-6))


def _warn_open(extent: tuple[int, ...]) -> None:
    cells = int(np.prod(extent, dtype=np.int64))
    if cells > OPEN_LIMIT:
        raise DomainError(
            f"the mesh is open, so the winding number of each of {cells} cells is needed, "
            f"limit {OPEN_LIMIT}: close the mesh, or use larger voxels"
        )
    warnings.warn(
        "the mesh is open: cells with a winding number above 0.5 count as inside; close the mesh to be sure", stacklevel=3
    )

"""The inside of a closed surface, for internal flow."""

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
) -> Domain:  # fmt: skip
    """The cells whose centre lies inside a mesh: signed distance below `reach` cells.

    The box runs from `origin` [m], by default the mesh's lower corner, over `shape` cells, by default to the last layer
    of centres within the mesh's bounds. What lies outside the box is cut off, so that where the mesh ends on a face of
    it there is an opening for a boundary condition. Tiles that come within `margin` cells of such cells are kept too:
    room for a wall that moves. `reach` puts cells beyond the surface into the domain, for a wall that is an
    `Obstacle(hollow=True)`. `voxel_size` is in metres.

    The work follows the surface's area in cells, not the box (see `Halving`). An open mesh is taken by its winding
    number, with a warning; then every cell of the box is asked.
    Raises DomainError for numbers out of range, and where no cell lies inside.
    """
    if not (np.isfinite(voxel_size) and voxel_size > 0 and np.isfinite(margin) and margin >= 0 and np.isfinite(reach)):
        raise DomainError(f"voxel size {voxel_size} m, margin {margin}, reach {reach} cells: must be > 0, >= 0, finite")
    lower = mesh.bounds[0] if origin is None else np.asarray(origin, dtype=np.float64)
    extent = _extent(mesh, lower, voxel_size) if shape is None else tuple(int(n) for n in shape)
    if len(lower) != 3 or len(extent) != 3 or min(extent) < 1:
        raise DomainError(
            f"a box of {extent} cells from {tuple(lower)} m to the mesh's end at {tuple(mesh.bounds[1])} m: "
            "at least one cell along each of three axes; use smaller voxels or move the origin"
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
    )  # fmt: skip


def _extent(mesh: TriangleMesh, lower: np.ndarray, voxel_size: float) -> tuple[int, ...]:
    """Layers of cell centres from the origin to the mesh's upper corner; rounding errors count as none."""
    return tuple(int(n) for n in np.ceil((mesh.bounds[1] - lower) / voxel_size - 0.5 - 1e-6))


def _warn_open(extent: tuple[int, ...]) -> None:
    cells = int(np.prod(extent, dtype=np.int64))
    if cells > OPEN_LIMIT:
        raise DomainError(
            f"the mesh is open, so that each of {cells} cells would be asked for its winding number, "
            f"limit {OPEN_LIMIT}: close the mesh, or use larger voxels"
        )
    warnings.warn("the mesh is open: inside is where its winding number exceeds 0.5; close it to be sure", stacklevel=3)

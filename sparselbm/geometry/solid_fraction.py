"""Solid fraction of cells, differentiable with respect to the points of the surface."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..errors import GeometryError, require_positive
from ..layout import TileLayout
from ..layout.warp_functions import cells_per_tile
from .distance import SurfaceQuery
from .grid import CellGrid, cell_centre, cell_index
from .near_cells import mark_cells
from .nearest_feature import choose_feature, signed_distance
from .spline_share import REACH, spline_share


@dataclass(frozen=True)
class SolidFraction:
    """Solid fraction of each cell as a smooth function of its distance from the surface, for partially saturated walls.

        eps = integral of the cubic B-spline with knots `width` cells apart over the solid, along the normal

    about the cell's centre: see `spline_share`. B-splines with a knot distance of one cell add up to 1, so that the sum of eps
    over a row of cells is exactly linear in the position of a flat wall across the row. The wall therefore moves smoothly
    through the cells, and the derivative of an objective agrees with its trend over several cells. With the exact cut of cells
    by the surface it does not: docs/explanation/gradients.md. The wall extends over 4 cells: keep bodies and gaps at least 5
    cells thick. On a sphere of R cells the sum of eps is too large by (width / R)^2.
    """

    width: float = 1.0
    """Knot distance [cells], above 0; whole numbers keep the sum over a row linear. With 1, flat walls are at their exact
    position (`sparselbm.models.wall.partially_saturated.PSM_RESISTANCE`); 2 blurs them, for the first iterations of an
    optimisation."""

    def __post_init__(self):
        require_positive("width", self.width, "cells", GeometryError)

    @property
    def band(self) -> float:
        """Distance beyond which eps is 0 or 1 [cells], plus a margin."""
        return REACH * self.width + 0.01


def solid_fraction(
    option: SolidFraction,
    points: wp.array,
    query: SurfaceQuery,
    *,
    tile_ids: wp.array,
    tile_coords: wp.array,
    dimension: int,
    voxel_size: float,
    origin: Sequence[float],
    out: wp.array,
) -> None:
    """Writes the solid fraction of every cell of some tiles; a `wp.Tape` gives its gradient with respect to the points.

    The query is refitted to the points. It finds the closest face and the side of each cell without gradient; the closest
    feature of that face (interior, edge or corner) is also fixed. Distance and solid fraction are then differentiated
    exactly. Only cells within `option.band` of the surface depend on the points.

    A cell only uses the closest point of the surface. Where two surfaces are within its range (bodies or gaps thinner than
    5 cells, sharp edges), only the nearer one counts: in the middle of a sheet t cells thick, eps is the value at a depth
    of t / 2. Keep bodies at least five cells thick. An open sheet that encloses nothing gets eps below 1/2 on both sides.
    Where the closest feature of a cell changes as the points move, eps has a kink. The selection is made in fp32, so that
    even fp64 points may show jumps of about 1e-5 in single cells.
    In 2D, distances are those of the layer z = origin[2] + voxel_size / 2; the body must extend beyond it by
    `option.band` cells in both directions, so that its caps are not closest.

    Args:
        option: dependence of eps on the distance.
        points: corners [m], vec3f or vec3d, shape (n,); fp32 keeps 1e-7 of the largest coordinate.
        query: faces of the surface; made from a mesh with the same number of points.
        tile_ids: tiles to evaluate, int32, shape (k,), each in 0 to t - 1.
        tile_coords: coordinates of every tile, vec3i, shape (t,); the first cell of a tile has index 8 * coordinate.
        dimension: 3 (512 cells per tile, z fastest) or 2 (64 cells per tile, y fastest).
        voxel_size: side of a cell [m].
        origin: lower corner of cell (0, 0, 0) [m]; cell i has its centre at origin + (i + 1/2) voxel_size.
        out: eps, of the scalar type of the points, flat; cell n of tile i is at i * 8^dimension + n. Values of other
            tiles are not changed.

    Raises:
        GeometryError: for arrays of the wrong type, size or device, a tile that does not exist, points that are not
            finite, or points that require a gradient with an `out` that does not, which would lose the gradient.
    """
    grid = _grid(dimension, voxel_size, origin)
    scalar = _check(points, query, tile_ids, tile_coords, out, TileLayout(dimension).cells)
    if tile_ids.shape[0] == 0:
        return
    query.refit(points)
    device, band = query.device, option.band * voxel_size
    marks = mark_cells(query, grid, tile_ids, tile_coords, band)
    near = wp.array(np.flatnonzero(marks.numpy() >= 0).astype(np.int32), dtype=wp.int32, device=device)
    codes = wp.empty(near.shape[0], dtype=wp.int32, device=device)
    tiles = [grid, tile_ids, tile_coords]
    wp.launch(_fill_kernel(scalar), marks.shape[0], [*tiles, marks], [out], device=device, record_tape=False)
    topology = [*tiles, query.faces, marks, near]
    wp.launch(_choose_kernel(scalar), near.shape[0], [*topology, points], [codes], device=device, record_tape=False)
    inputs = [*topology, codes, scalar(option.width), points]
    wp.launch(_share_kernel(scalar), near.shape[0], inputs, [out], device=device)


def _grid(dimension: int, voxel_size: float, origin: Sequence[float]) -> CellGrid:
    if dimension not in (2, 3):
        raise GeometryError(f"dimension is {dimension}, but must be 2 or 3: use that of the lattice")
    grid = CellGrid()
    grid.origin = wp.vec3d(*(float(x) for x in origin))
    grid.voxel_size = require_positive("voxel_size", voxel_size, "m", GeometryError)
    grid.dimension = dimension
    return grid


def _check(points, query, tile_ids, tile_coords, out, cells: int) -> type:
    """Checks every array, and returns the scalar type of the points."""
    scalars = {wp.vec3f: wp.float32, wp.vec3d: wp.float64}
    if points.dtype not in scalars:
        raise GeometryError(f"points have dtype {points.dtype}, but must be vec3f or vec3d: convert them")
    scalar = scalars[points.dtype]
    _check_array("points", points, points.dtype, query)
    _check_array("tile_ids", tile_ids, wp.int32, query)
    _check_array("tile_coords", tile_coords, wp.vec3i, query)
    _check_array("out", out, scalar, query)
    ids, tiles = tile_ids.numpy(), tile_coords.shape[0]
    if len(ids) and (ids.min() < 0 or ids.max() >= tiles):
        raise GeometryError(
            f"tile_ids run from {ids.min()} to {ids.max()}, but must be in 0 to {tiles - 1}: "
            "pass the coordinates of every tile"
        )
    if out.shape[0] < tiles * cells:
        raise GeometryError(
            f"out has {out.shape[0]} values, but {tiles} tiles of {cells} cells need {tiles * cells}: "
            "allocate one value per cell"
        )
    if points.requires_grad and not out.requires_grad:
        raise GeometryError(
            "points require a gradient but out does not, so it would be lost: allocate out with requires_grad=True"
        )
    return scalar


def _check_array(name: str, array: wp.array, dtype: type, query: SurfaceQuery) -> None:
    """Raises an error for an array of another type, with several dimensions, or on another device than the query."""
    if array.dtype != dtype or array.ndim != 1:
        raise GeometryError(
            f"{name} has dtype {array.dtype.__name__} and {array.ndim} dimensions, "
            f"but must be a flat array of {dtype.__name__}: convert it"
        )
    if array.device != query.device:
        raise GeometryError(f"{name} is on {array.device}, but the query is on {query.device}: put both on one device")


@functools.cache
def _fill_kernel(scalar: type) -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def fill(
        grid: CellGrid,
        tile_ids: wp.array(dtype=wp.int32),
        tile_coords: wp.array(dtype=wp.vec3i),
        marks: wp.array(dtype=wp.int32),
        out: wp.array(dtype=scalar),
    ):
        """Sets cells away from the surface to 0 outside and 1 inside; the others are overwritten later."""
        i = wp.tid()
        cells = cells_per_tile(grid.dimension)
        out[tile_ids[i // cells] * cells + i % cells] = scalar(wp.where(marks[i] == -2, 1.0, 0.0))

    return fill


@functools.cache
def _corner(scalar: type) -> wp.Function:
    """Returns the function (point, centre, h) -> (point - centre) / h, computed in fp64."""
    vec3 = wp.types.vector(3, scalar)

    @wp.func
    def corner(point: vec3, centre: wp.vec3d, h: wp.float64):
        return vec3(
            scalar((wp.float64(point[0]) - centre[0]) / h),
            scalar((wp.float64(point[1]) - centre[1]) / h),
            scalar((wp.float64(point[2]) - centre[2]) / h),
        )

    return corner


@functools.cache
def _choose_kernel(scalar: type) -> wp.Kernel:
    vec3 = wp.types.vector(3, scalar)
    corner, choose = _corner(scalar), choose_feature(scalar)

    @wp.kernel(enable_backward=False, module="unique")
    def choose_features(
        grid: CellGrid,
        tile_ids: wp.array(dtype=wp.int32),
        tile_coords: wp.array(dtype=wp.vec3i),
        faces: wp.array(dtype=wp.int32, ndim=2),
        marks: wp.array(dtype=wp.int32),
        near: wp.array(dtype=wp.int32),
        points: wp.array(dtype=vec3),
        codes: wp.array(dtype=wp.int32),
    ):
        i = wp.tid()
        slot = near[i]
        cells = cells_per_tile(grid.dimension)
        x = cell_centre(grid, cell_index(grid, tile_coords[tile_ids[slot // cells]], slot % cells))
        f = marks[slot] // 2
        h = grid.voxel_size
        a = corner(points[faces[f, 0]], x, h)
        b = corner(points[faces[f, 1]], x, h)
        c = corner(points[faces[f, 2]], x, h)
        codes[i] = choose(a, b, c, marks[slot] % 2)

    return choose_features


@functools.cache
def _share_kernel(scalar: type) -> wp.Kernel:
    vec3 = wp.types.vector(3, scalar)
    corner, distance, share = _corner(scalar), signed_distance(scalar), spline_share(scalar)

    @wp.kernel(module="unique")
    def share_cells(
        grid: CellGrid,
        tile_ids: wp.array(dtype=wp.int32),
        tile_coords: wp.array(dtype=wp.vec3i),
        faces: wp.array(dtype=wp.int32, ndim=2),
        marks: wp.array(dtype=wp.int32),
        near: wp.array(dtype=wp.int32),
        codes: wp.array(dtype=wp.int32),
        width: scalar,
        points: wp.array(dtype=vec3),
        out: wp.array(dtype=scalar),
    ):
        i = wp.tid()
        slot, code = near[i], codes[i]
        cells = cells_per_tile(grid.dimension)
        tile = tile_ids[slot // cells]
        x = cell_centre(grid, cell_index(grid, tile_coords[tile], slot % cells))
        f = marks[slot] // 2
        h = grid.voxel_size
        first = (code // 2 + 2) % 3
        second = wp.where(code >= 8, first, (first + 1) % 3)
        a = corner(points[faces[f, 0]], x, h)
        b = corner(points[faces[f, 1]], x, h)
        c = corner(points[faces[f, 2]], x, h)
        p = corner(points[faces[f, first]], x, h)
        q = corner(points[faces[f, second]], x, h)
        out[tile * cells + slot % cells] = share(distance(a, b, c, p, q, code) / width)

    return share_cells

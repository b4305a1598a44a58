"""Domains: tiles of an index-grid `wp.Volume` and their neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import warp as wp

from ..backends import Backend, backend_for
from ..errors import DomainError
from ..files.tile_lookup import TileLookup
from ..layout import EDGE, NEIGHBOUR_STEPS, TileLayout
from ..layout.warp_functions import first_cell, neighbour_step, tile_of_voxel
from .ghost_cells import GhostCells, Images, seams, tiles_around


@dataclass(frozen=True, eq=False)
class Domain:
    """Cells of a simulation: tiles of 8 x 8 (x 8) cells, a mask of the fluid cells, and the position in space.

    Cell (i, j, k) has its centre at `origin + (i + 1/2, j + 1/2, k + 1/2) voxel_size`. Tiles and the cells in them are in
    NanoVDB's order, so that the index of `volume` addresses every field (in 2D: index / 8, the plane k = 0).
    """

    dimension: int
    shape: tuple[int, ...]
    """Number of cells along each axis of the bounding box."""
    voxel_size: float
    """Edge of a cell [m]."""
    origin: tuple[float, ...]
    """Lower corner of cell (0, 0, 0) [m], three values."""
    periodic: tuple[bool, ...]
    """Whether the box is periodic along each axis."""
    volume: wp.Volume
    """Index grid: topology only, no values."""
    tiles: np.ndarray
    """Coordinates of the tiles in units of tiles, (n, 3) int32; the first cell of a tile is 8 times these."""
    fluid: np.ndarray
    """Mask of the fluid cells, (n, cells per tile) bool; all other cells are outside the fluid and at rest."""
    device: wp.Device
    backend: Backend
    """How kernels are printed and launched on the device."""

    @classmethod
    def from_voxels(
        cls, fluid: np.ndarray, *, voxel_size: float = 1.0, origin: Sequence[float] = (0.0, 0.0, 0.0),
        periodic: Sequence[bool] | None = None, device: wp.DeviceLike = None,
    ) -> "Domain":
        """Returns the domain of the voxels of an image that are fluid; only the tiles that contain one are stored.

        `fluid`: mask (nx, ny[, nz]) bool, such as the pores of a rock. `voxel_size` [m], `origin` (lower corner) [m], `periodic`
        for each axis. Walls lie halfway between a fluid and a solid voxel. Raises DomainError for other shapes or types, for a
        voxel size that is not above 0, and for an image without fluid.
        """
        if not isinstance(fluid, np.ndarray) or fluid.dtype != bool or fluid.ndim not in (2, 3):
            found = f"{fluid.dtype} {fluid.shape}" if isinstance(fluid, np.ndarray) else type(fluid).__name__
            raise DomainError(f"the voxels are {found}: pass an array of bool with two or three axes, such as image == 0")
        if not 0.0 < voxel_size < np.inf:
            raise DomainError(f"the voxel size is {voxel_size} m: it must be above 0 and finite")
        periodic = tuple(periodic or [False] * fluid.ndim)
        if len(periodic) != fluid.ndim or len(origin) != 3:
            raise DomainError(
                f"periodic is {periodic} and the origin {tuple(origin)}: pass {fluid.ndim} values and three values"
            )
        whole = np.pad(fluid, [(0, -n % EDGE) for n in fluid.shape])
        blocks = whole.reshape([n for size in whole.shape for n in (size // EDGE, EDGE)])
        tiles = np.argwhere(blocks.any(axis=tuple(range(1, 2 * fluid.ndim, 2)))).astype(np.int32)
        return build_domain(
            shape=fluid.shape, voxel_size=float(voxel_size), origin=tuple(float(x) for x in origin), periodic=periodic,
            tiles=np.pad(tiles, [(0, 0), (0, 3 - fluid.ndim)]), device=device,
            fluid=lambda index: whole[tuple(np.moveaxis(index, -1, 0))],
        )

    @property
    def cells_per_tile(self) -> int:
        """Number of cells per tile, 512, or 64 in 2D."""
        return TileLayout(self.dimension).cells

    @property
    def tile_count(self) -> int:
        """Number of tiles n."""
        return len(self.tiles)

    @cached_property
    def fluid_cells(self) -> int:
        """Number of fluid cells."""
        return int(np.count_nonzero(self.fluid))

    @cached_property
    def coordinates(self) -> wp.array:
        """First cell of each tile divided by 8, flat (3 n,) int32, on the device."""
        return wp.array(self.tiles.ravel(), dtype=wp.int32, device=self.device)

    @cached_property
    def neighbours(self) -> wp.array:
        """Indices of the 27 tiles around each tile, flat (27 n,) int32; n (the sentinel) where there is no tile."""
        size = len(NEIGHBOUR_STEPS) * self.tile_count
        table = wp.empty(size, dtype=wp.int32, device=self.device)
        extent = [tiles_around(n) if p else 0 for n, p in zip(self.shape, self.periodic, strict=True)] + [0] * (
            3 - self.dimension
        )
        wp.launch(
            _neighbour_kernel(),
            dim=size,
            inputs=[self.volume.id, self.coordinates, wp.vec3i(*extent), self.dimension, self.tile_count],
            outputs=[table],
            device=self.device,
        )
        return table

    @cached_property
    def ghosts(self) -> GhostCells | None:
        """Ghost cells along the periodic axes whose length is not a multiple of 8; None where there are none.

        Raises DomainError where a tile for them is missing, because cells were made fluid after the domain was built.
        """
        images, numbers = _images(self.shape, self.periodic, self.tiles, self.fluid)
        if not len(numbers):
            return None
        holders = TileLookup.of(self.tiles).find(images.tiles)
        if (holders < 0).any():
            raise DomainError(
                f"tile {tuple(images.tiles[holders < 0][0].tolist())} is missing: it holds images of fluid cells at the end of a "
                "periodic axis; build the domain with these cells, and take cells away afterwards"
            )
        cells, sources = np.column_stack([holders, images.cells]), np.column_stack([numbers, images.sources[:, 1]])
        return GhostCells(cells.astype(np.int32), sources.astype(np.int32), images.beyond, self.shape, self.periodic, self.device)

    @cached_property
    def ghost_tiles(self) -> np.ndarray:
        """Mask of the tiles that hold ghost cells and no fluid, (n,) bool; they are left out of results."""
        holders = np.zeros(self.tile_count, dtype=bool)
        if self.ghosts is not None:
            holders[self.ghosts.cells[:, 0]] = True
        return holders & ~self.fluid.any(axis=1)

    def with_ghosts(self, field: np.ndarray) -> np.ndarray:
        """The field (n, cells, ...), with the values of the cells that they stand for in the ghost cells."""
        return field if self.ghosts is None else self.ghosts.spread(field)

    @property
    def first_cells(self) -> np.ndarray:
        """Index of the first cell of every tile, (n, 3) int32; the last one is 0 in two dimensions."""
        return EDGE * self.tiles

    def cell_indices(self) -> np.ndarray:
        """Index (i, j[, k]) of every cell of every tile, (n, cells, dimension) int32."""
        return _cell_indices(self.tiles, self.dimension)

    def cell_centres(self) -> np.ndarray:
        """Centre of every cell of every tile [m], (n, cells, dimension) float64."""
        return np.asarray(self.origin[: self.dimension]) + (self.cell_indices() + 0.5) * self.voxel_size

    def dense(self, field: np.ndarray, outside: float = 0.0) -> np.ndarray:
        """Expands a field (n, cells, ...) to one array over the box, (*shape, ...), with `outside` where there is no tile."""
        extent = np.maximum(self.shape, EDGE * (1 + self.tiles.max(axis=0)[: self.dimension]))
        result = np.full((*extent, *field.shape[2:]), outside, dtype=field.dtype)
        index = self.cell_indices().reshape(-1, self.dimension)
        result[tuple(index.T)] = field.reshape(-1, *field.shape[2:])
        return result[tuple(slice(n) for n in self.shape)]


def build_domain(
    *, shape: tuple[int, ...], voxel_size: float, origin: tuple[float, ...], periodic: tuple[bool, ...],
    tiles: np.ndarray, fluid, device: wp.DeviceLike = None,
) -> Domain:
    """Builds a domain from tile coordinates; `fluid(indices)` returns the mask of the fluid cells (..., dimension).

    Tiles that hold ghost cells of a periodic axis are added where they are missing. Raises DomainError for no tiles.
    """
    dimension = len(shape)
    if not np.isfinite(origin).all():
        raise DomainError(f"the origin is {tuple(origin)} m: give three finite values")
    if len(tiles) == 0:
        raise DomainError(
            "the domain has no cell: check that the geometry is inside the bounds and the voxel size is small enough"
        )
    indices = _cell_indices(tiles, dimension)
    given = np.all((indices >= 0) & (indices < np.asarray(shape)), axis=-1) & fluid(indices)
    images, _ = _images(shape, periodic, tiles, given)
    device = wp.get_device(device)
    first = EDGE * np.concatenate([tiles, images.tiles])
    points = wp.array(np.ascontiguousarray(first, dtype=np.int32), dtype=wp.vec3i, device=device)
    half = 0.5 * voxel_size
    volume = wp.Volume.allocate_by_tiles(
        points, voxel_size=voxel_size, bg_value=None, translation=[x + half for x in origin], device=device
    )
    ordered = volume.get_tiles().numpy() // EDGE
    places = TileLookup.of(tiles).find(ordered)
    cells = given[places] & (places >= 0)[:, None]
    backend = backend_for(device.is_cpu)
    return Domain(dimension, shape, voxel_size, origin, periodic, volume, ordered, cells, device, backend)


def _cell_indices(tiles: np.ndarray, dimension: int) -> np.ndarray:
    """Index (i, j[, k]) of every cell of the given tiles, (n, cells, dimension) int32."""
    return (EDGE * tiles[:, None, :dimension] + TileLayout(dimension).offsets).astype(np.int32)


def _images(shape, periodic, tiles: np.ndarray, fluid: np.ndarray) -> tuple[Images, np.ndarray]:
    """The images of fluid cells beyond the ends of periodic axes, and the index of the tile of each fluid cell, (g,)."""
    axes, dimension = seams(shape, periodic), len(shape)
    first = EDGE * tiles[:, axes]
    last = np.asarray(shape)[axes] - 1
    at_ends = np.flatnonzero(np.any((first == 0) | ((first <= last) & (last < first + EDGE)), axis=1))
    images = Images.of(shape, axes, _cell_indices(tiles[at_ends], dimension), fluid[at_ends])
    return images, at_ends[images.sources[:, 0]]


@cache
def _neighbour_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def neighbour_table(
        volume: wp.uint64, coordinates: wp.array(dtype=wp.int32), extent: wp.vec3i, dimension: int, sentinel: int,
        table: wp.array(dtype=wp.int32),
    ):
        thread = wp.tid()
        tile = thread // 27
        place = wp.vec3i(coordinates[3 * tile], coordinates[3 * tile + 1], coordinates[3 * tile + 2])
        place = place + neighbour_step(thread % 27, dimension)
        x = wp.where(extent[0] > 0, (place[0] + extent[0]) % wp.max(extent[0], 1), place[0])
        y = wp.where(extent[1] > 0, (place[1] + extent[1]) % wp.max(extent[1], 1), place[1])
        z = wp.where(extent[2] > 0, (place[2] + extent[2]) % wp.max(extent[2], 1), place[2])
        first = first_cell(wp.vec3i(x, y, z))
        index = wp.volume_lookup_index(volume, first[0], first[1], first[2])
        table[thread] = wp.where(index < 0, sentinel, tile_of_voxel(index))

    return neighbour_table

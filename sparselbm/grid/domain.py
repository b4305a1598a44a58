"""Domains: tiles of an index-grid `wp.Volume` and their neighbours."""

from dataclasses import dataclass
from functools import cache, cached_property
from math import lcm

import numpy as np
import warp as wp

from ..backends import Backend, TileLayout, backend_for
from ..errors import DomainError


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
    """Mask of the fluid cells, (n, cells per tile) bool; the others are outside and at rest."""
    device: wp.Device
    backend: Backend
    """How kernels are printed and launched on the device."""

    @property
    def cells_per_tile(self) -> int:
        """Number of cells per tile, 512, or 64 in 2D."""
        return TileLayout(self.dimension).cells

    @property
    def tile_count(self) -> int:
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
        table = wp.empty(27 * self.tile_count, dtype=wp.int32, device=self.device)
        extent = [-(-n // 8) if p else 0 for n, p in zip(self.shape, self.periodic, strict=True)] + [0] * (
            3 - self.dimension
        )
        wp.launch(
            _neighbour_kernel(),
            dim=27 * self.tile_count,
            inputs=[self.volume.id, self.coordinates, wp.vec3i(*extent), self.dimension, self.tile_count],
            outputs=[table],
            device=self.device,
        )
        return table

    def cell_indices(self) -> np.ndarray:
        """Index (i, j[, k]) of every cell of every tile, (n, cells, dimension) int32."""
        return cell_indices(self.tiles, self.dimension)

    def cell_centres(self) -> np.ndarray:
        """Centre of every cell of every tile [m], (n, cells, dimension) float64."""
        return np.asarray(self.origin[: self.dimension]) + (self.cell_indices() + 0.5) * self.voxel_size

    def dense(self, field: np.ndarray, outside: float = 0.0) -> np.ndarray:
        """Expands a field (n, cells, ...) to one array over the box, (*shape, ...), with `outside` where there is no tile."""
        extent = [8 * -(-n // 8) for n in self.shape]
        result = np.full((*extent, *field.shape[2:]), outside, dtype=field.dtype)
        index = self.cell_indices().reshape(-1, self.dimension)
        result[tuple(index.T)] = field.reshape(-1, *field.shape[2:])
        return result[tuple(slice(n) for n in self.shape)]


def build_domain(
    *, shape: tuple[int, ...], voxel_size: float, origin: tuple[float, ...], periodic: tuple[bool, ...],
    tiles: np.ndarray, fluid, device: wp.DeviceLike = None,
) -> Domain:
    """Builds a domain from tile coordinates; `fluid(indices)` returns the mask of the fluid cells (..., dimension)."""
    dimension = len(shape)
    for axis, (n, wraps) in enumerate(zip(shape, periodic, strict=True)):
        if wraps and n % 8:
            raise DomainError(
                f"{n} cells along periodic axis {'xyz'[axis]}: must be a multiple of 8; repeat the geometry {lcm(n, 8) // n} "
                f"times, to {lcm(n, 8)} cells, for the same flow, or take {8 * max(1, round(n / 8))} cells per period"
            )
    if not np.isfinite(origin).all():
        raise DomainError(f"the origin is {tuple(origin)} m: give three finite values")
    if len(tiles) == 0:
        raise DomainError(
            "the domain has no cell: check that the geometry is inside the bounds and the voxel size is small enough"
        )
    device = wp.get_device(device)
    points = wp.array(np.ascontiguousarray(8 * tiles, dtype=np.int32), dtype=wp.vec3i, device=device)
    half = 0.5 * voxel_size
    volume = wp.Volume.allocate_by_tiles(
        points, voxel_size=voxel_size, bg_value=None, translation=[x + half for x in origin], device=device
    )
    ordered = volume.get_tiles().numpy() // 8
    indices = cell_indices(ordered, dimension)
    inside = np.all((indices >= 0) & (indices < np.asarray(shape)), axis=-1)
    cells = inside & fluid(indices)
    backend = backend_for(device.is_cpu)
    return Domain(dimension, shape, voxel_size, origin, periodic, volume, ordered, cells, device, backend)


def cell_indices(tiles: np.ndarray, dimension: int) -> np.ndarray:
    """Index (i, j[, k]) of every cell of the given tiles, (n, cells, dimension) int32."""
    inner = np.stack(np.meshgrid(*[np.arange(8)] * dimension, indexing="ij"), axis=-1).reshape(-1, dimension)
    return (8 * tiles[:, None, :dimension] + inner[None]).astype(np.int32)


@cache
def _neighbour_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def neighbour_table(
        volume: wp.uint64, coordinates: wp.array(dtype=wp.int32), extent: wp.vec3i, dimension: int, sentinel: int,
        table: wp.array(dtype=wp.int32),
    ):
        thread = wp.tid()
        tile = thread // 27
        code = thread % 27
        step = wp.vec3i(code // 9 - 1, (code // 3) % 3 - 1, code % 3 - 1)
        if dimension == 2:  # The inner axes of a flat tile are (none, x, y).
            step = wp.vec3i(step[1], step[2], step[0])
        place = wp.vec3i(coordinates[3 * tile], coordinates[3 * tile + 1], coordinates[3 * tile + 2]) + step
        x = wp.where(extent[0] > 0, (place[0] + extent[0]) % wp.max(extent[0], 1), place[0])
        y = wp.where(extent[1] > 0, (place[1] + extent[1]) % wp.max(extent[1], 1), place[1])
        z = wp.where(extent[2] > 0, (place[2] + extent[2]) % wp.max(extent[2], 1), place[2])
        index = wp.volume_lookup_index(volume, 8 * x, 8 * y, 8 * z)
        table[thread] = wp.where(index < 0, sentinel, index // 512)

    return neighbour_table

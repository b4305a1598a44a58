"""Interpolation of cell fields at points in space."""

from functools import cache

import numpy as np
import warp as wp

from ..errors import DomainError
from ..layout import TileLayout
from .domain import Domain
from .ghost_cells import seams

_ROUNDING = 1e-6
"""Relative distance from the end of a period below which a place counts as its start, and distance from a centre [cells] below
which a place counts as the centre."""


def sample(domain: Domain, field: np.ndarray, points: np.ndarray, *, outside: float = float("nan")) -> np.ndarray:
    """Samples a field at points: see `FieldSampler`, which is faster for repeated sampling."""
    return FieldSampler(domain, field, outside=outside)(points)


class FieldSampler:
    """Interpolator of a field (n, cells[, d]): called with points (k, dimension) [m], returns values (k[, d]) float32.

    Trilinear between cell centres; exact for fields that are linear in space. All cells of tiles contribute the values
    that `field` has there, whether fluid or not; `outside` is the value of cells without a tile. Cells of weight 0 do not
    contribute: at a centre the value is that of its cell, also beside cells that are NaN. Along a periodic axis whose
    length is not a multiple of 8 the field is periodic, or with `one_period` it is `outside` beyond the box. Raises DomainError
    if shapes do not fit.
    """

    def __init__(
        self, domain: Domain, field: np.ndarray, *, outside: float = float("nan"), one_period: bool = False
    ):
        field = np.asarray(field)
        if field.shape[:2] != domain.fluid.shape or field.ndim > 3:
            raise DomainError(
                f"the field has the shape {field.shape}: it must be {domain.fluid.shape}, with at most one more axis"
            )
        voxels = TileLayout(domain.dimension).voxels_per_cell
        components = np.moveaxis(domain.with_ghosts(field).reshape(*domain.fluid.shape, -1), -1, 0)
        self._domain, self._outside, self._one_period, self._rest = domain, outside, one_period, field.shape[2:]
        self._data = [
            wp.array(np.repeat(values.reshape(-1), voxels), dtype=wp.float32, device=domain.device) for values in components
        ]

    def __call__(self, points: np.ndarray) -> np.ndarray:
        domain, points = self._domain, np.asarray(points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != domain.dimension:
            raise DomainError(f"the points have the shape {points.shape}: it must be (k, {domain.dimension})")
        cells = np.zeros((len(points), 3))
        cells[:, : domain.dimension] = (points - np.asarray(domain.origin[: domain.dimension])) / domain.voxel_size - 0.5
        beyond = self._wrap(cells) & self._one_period
        first = np.floor(cells + _ROUNDING)
        shares = np.maximum(cells - first, 0.0)
        shares[shares < _ROUNDING] = 0.0
        places = wp.array(first, dtype=wp.vec3i, device=domain.device), wp.array(shares, dtype=wp.vec3f, device=domain.device)
        sampled = [self._sample(data, *places) for data in self._data]
        values = np.where(beyond[:, None], self._outside, np.stack(sampled, axis=-1))
        return values.astype(np.float32).reshape(len(points), *self._rest)

    def _wrap(self, cells: np.ndarray) -> np.ndarray:
        """Brings places (k, 3) [cells] to between the first layer of centres and its image, which lies behind the last layer.

        Returns which of them lie beyond the box, (k,).
        """
        beyond = np.zeros(len(cells), dtype=bool)
        for axis in seams(self._domain.shape, self._domain.periodic):
            n, x = self._domain.shape[axis], cells[:, axis]
            beyond |= (x < -0.5) | (x > n - 0.5)
            wrapped = np.mod(x, n)
            cells[:, axis] = np.where(wrapped > n * (1.0 - _ROUNDING), 0.0, wrapped)
        return beyond

    def _sample(self, data: wp.array, first: wp.array, shares: wp.array) -> np.ndarray:
        domain = self._domain
        result = wp.empty(len(first), dtype=wp.float32, device=domain.device)
        wp.launch(
            _sample_kernel(), len(first), inputs=[domain.volume.id, first, shares, data, self._outside], outputs=[result],
            device=domain.device, record_tape=False,
        )
        return result.numpy()


@cache
def _sample_kernel() -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique")
    def sample_field(
        volume: wp.uint64, first: wp.array(dtype=wp.vec3i), shares: wp.array(dtype=wp.vec3f), data: wp.array(dtype=wp.float32),
        outside: wp.float32, result: wp.array(dtype=wp.float32),
    ):
        """Sum over the 8 cells around a place of weight times value; not `wp.volume_sample_index`, where 0 NaN is NaN."""
        i = wp.tid()
        cell, share = first[i], shares[i]
        total = wp.float32(0.0)
        for corner in range(8):
            dx, dy, dz = corner >> 2, (corner >> 1) & 1, corner & 1
            weight = wp.where(dx == 1, share[0], 1.0 - share[0]) * wp.where(dy == 1, share[1], 1.0 - share[1])
            weight = weight * wp.where(dz == 1, share[2], 1.0 - share[2])
            if weight > 0.0:
                place = wp.volume_lookup_index(volume, cell[0] + dx, cell[1] + dy, cell[2] + dz)
                value = outside
                if place >= 0:
                    value = data[place]
                total += weight * value
        result[i] = total

    return sample_field

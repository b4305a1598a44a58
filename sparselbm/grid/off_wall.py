"""Fields next to a wall, from fluid cells only: cells behind the wall or without a tile have no flow values."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from ..geometry import TriangleMesh
from .domain import Domain
from .sampling import FieldSampler

_MIN_WEIGHT = 0.02
"""Smallest total weight of the known cells: below it, rounding affects the quotient."""
_MIN_STEP = 0.25
"""Smallest distance [cells] from the wall to the first point and between the two points: closer, no slope is resolved."""


@dataclass(frozen=True, eq=False)
class OffWall:
    """Field at the distances a and b from m points of a wall, along its normals.

    Trilinear interpolation 1 and 2 cells off the wall over the known cells, sum(w f) / sum(w) with weights w. a and b are
    the distances of the mean position sum(w x) / sum(w), so that fields that depend on the distance alone are exact. Where
    all surrounding cells are known, every field that is linear in space is exact, and a = 1, b = 2.
    """

    domain: Domain
    known: np.ndarray
    """Mask of the cells whose values are used, (n, cells)."""
    field: np.ndarray
    """Field, (n, cells[, k])."""
    wall: TriangleMesh

    @cached_property
    def at_wall(self) -> np.ndarray:
        """Linear extrapolation to the wall, (b f_a - a f_b) / (b - a), (m[, k]); f_a where f_b is unknown."""
        (f_a, a), (f_b, b) = self._places
        return self._whole(np.where(np.isnan(f_b), f_a, (b * f_a - a * f_b) / (b - a)))

    @cached_property
    def slope(self) -> np.ndarray:
        """Wall-normal derivative d f / d n of the parabola that is 0 at the wall, (m[, k]) [per m].

        (b^2 f_a - a^2 f_b) / (a b (b - a)), or f_a / a where f_b is unknown.
        """
        (f_a, a), (f_b, b) = self._places
        parabola = (b**2 * f_a - a**2 * f_b) / (a * b * (b - a))
        return self._whole(np.where(np.isnan(f_b), f_a / a, parabola)) / self.domain.voxel_size

    @cached_property
    def _places(self) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Values f_a, a [cells] and f_b, b; NaN where unknown."""
        f_a, a = self._sampled(1.0)
        f_b, b = self._sampled(2.0)
        f_a = np.where(a >= _MIN_STEP, f_a, np.nan)
        return (f_a, a), (np.where(b - a >= _MIN_STEP, f_b, np.nan), b)

    @property
    def _spread(self) -> tuple[int, ...]:
        """Axes to add to one value per cell to match the field."""
        return (1,) * (self.field.ndim - 2)

    @cached_property
    def _values(self) -> FieldSampler:
        known = self.known.reshape(*self.known.shape, *self._spread)
        return FieldSampler(self.domain, np.where(known, self.field, 0.0), outside=0.0)

    @cached_property
    def _counts(self) -> FieldSampler:
        return FieldSampler(self.domain, self.known, outside=0.0)

    def _sampled(self, distance: float) -> tuple[np.ndarray, np.ndarray]:
        normals, spread = self.wall.point_normals, self._spread
        places = self.wall.points + distance * self.domain.voxel_size * normals
        weight, shift = self._around(places)
        found = self._values(places)
        mean = distance + np.einsum("md,md->m", shift, normals)
        return found / weight.reshape(-1, *spread), mean.reshape(-1, *spread)

    def _around(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum of the weights of the known surrounding cells, (m,), NaN without any, and their mean offset [cells], (m, 3)."""
        origin = np.asarray(self.domain.origin)
        low, t = np.divmod((places - origin) / self.domain.voxel_size - 0.5, 1.0)
        weight, moment = np.zeros(len(places)), np.zeros((len(places), 3))
        for corner in product((0.0, 1.0), repeat=3):
            counts = self._counts(origin + (low + corner + 0.5) * self.domain.voxel_size) > 0.5
            w = counts * np.prod(np.where(corner, t, 1.0 - t), axis=1)
            weight += w
            moment += w[:, None] * (corner - t)
        weight = np.where(weight > _MIN_WEIGHT, weight, np.nan)
        return weight, moment / weight[:, None]

    def _whole(self, values: np.ndarray) -> np.ndarray:
        """Fills missing values from the nearest point that has one; 0 if no point has."""
        from scipy.spatial import KDTree

        missing = np.isnan(values.reshape(len(values), -1)).any(axis=1)
        if missing.any() and not missing.all():
            values[missing] = values[~missing][KDTree(self.wall.points[~missing]).query(self.wall.points[missing])[1]]
        return np.nan_to_num(values)

"""Fields beside a wall, of cells whose values count alone: those behind the wall, or in no tile, hold no flow."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from ..geometry import TriangleMesh
from .domain import Domain
from .sampling import FieldSampler

_LEAST_WEIGHT = 0.02
"""Of all known cells around: below, rounding has its part in the quotient."""
_LEAST_STEP = 0.25
"""Cells from the wall to the first place, and from this to the second one: nearer, a difference is no slope."""


@dataclass(frozen=True, eq=False)
class OffWall:
    """A field at distances a and b off the m points of a wall, along its normals.

    Trilinear 1 and 2 cells off over the known cells, sum(w f) / sum(w) of their weights w; a and b are those of the cells' mean
    place, sum(w x) / sum(w), so that what depends on the distance alone is exact. Where all cells around are known, so is any
    field that is linear in space, and a = 1, b = 2.
    """

    domain: Domain
    known: np.ndarray
    """Cells whose values count, (n, cells)."""
    field: np.ndarray
    """(n, cells[, k])."""
    wall: TriangleMesh

    @cached_property
    def at_wall(self) -> np.ndarray:
        """The line's value at the wall, (b f_a - a f_b) / (b - a), (m[, k]); f_a where f_b is not known."""
        (f_a, a), (f_b, b) = self._places
        return self._whole(np.where(np.isnan(f_b), f_a, (b * f_a - a * f_b) / (b - a)))

    @cached_property
    def slope(self) -> np.ndarray:
        """d f / d n of the parabola that is 0 at the wall, (b^2 f_a - a^2 f_b) / (a b (b - a)) [per m], (m[, k]); f_a / a where
        f_b is not known."""
        (f_a, a), (f_b, b) = self._places
        parabola = (b**2 * f_a - a**2 * f_b) / (a * b * (b - a))
        return self._whole(np.where(np.isnan(f_b), f_a / a, parabola)) / self.domain.voxel_size

    @cached_property
    def _places(self) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """f_a, a [cells] and f_b, b; NaN where they are not known."""
        f_a, a = self._sampled(1.0)
        f_b, b = self._sampled(2.0)
        f_a = np.where(a >= _LEAST_STEP, f_a, np.nan)
        return (f_a, a), (np.where(b - a >= _LEAST_STEP, f_b, np.nan), b)

    @property
    def _spread(self) -> tuple[int, ...]:
        """Axes that a number a cell lacks beside the field."""
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
        """Of the known cells around: their weights' sum, (m,), NaN where there is none, and their mean's place from the given
        one [cells], (m, 3)."""
        origin = np.asarray(self.domain.origin)
        low, t = np.divmod((places - origin) / self.domain.voxel_size - 0.5, 1.0)
        weight, moment = np.zeros(len(places)), np.zeros((len(places), 3))
        for corner in product((0.0, 1.0), repeat=3):
            counts = self._counts(origin + (low + corner + 0.5) * self.domain.voxel_size) > 0.5
            w = counts * np.prod(np.where(corner, t, 1.0 - t), axis=1)
            weight += w
            moment += w[:, None] * (corner - t)
        weight = np.where(weight > _LEAST_WEIGHT, weight, np.nan)
        return weight, moment / weight[:, None]

    def _whole(self, values: np.ndarray) -> np.ndarray:
        """With the values of the nearest point that has some where there are none; 0 if no point has."""
        from scipy.spatial import KDTree

        missing = np.isnan(values.reshape(len(values), -1)).any(axis=1)
        if missing.any() and not missing.all():
            values[missing] = values[~missing][KDTree(self.wall.points[~missing]).query(self.wall.points[missing])[1]]
        return np.nan_to_num(values)

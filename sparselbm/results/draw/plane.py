"""Plane through a flow that is normal to an axis, with the walls that it cuts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...geometry.section import plane_section
from ...grid import sample
from ..fields import CellField, FlowFrame

_FILLED = 2
"""Width [cells] behind a wall in which values are continued, so that a field is drawn up to the true wall."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Lines in which a wall is cut."""

    lines: tuple[np.ndarray, ...]
    """Polylines, (k, 2) [m] each; see `plane_section`."""
    hollow: bool
    """Whether the fluid is inside."""

    @property
    def is_closed(self) -> bool:
        """Whether all lines are closed, so that they bound an area."""
        return all(np.array_equal(line[0], line[-1]) for line in self.lines)


def axes_across(axis: int) -> tuple[int, int]:
    """The two other axes, horizontal and vertical in pictures."""
    u, v = (k for k in range(3) if k != axis)
    return u, v


@dataclass(frozen=True, eq=False)
class FlowPlane:
    """Plane x_axis = at of a flow."""

    frame: FlowFrame
    axis: int
    at: float
    """Coordinate [m]."""

    @property
    def others(self) -> tuple[int, int]:
        """Axes in the plane, horizontal and vertical in pictures."""
        return axes_across(self.axis)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Bounds of the box in the plane [m]: horizontal, then vertical."""
        (u, v), (low, high) = self.others, self.frame.bounds
        return float(low[u]), float(high[u]), float(low[v]), float(high[v])

    def centres(self, every: int = 1) -> np.ndarray:
        """Centres of every `every`-th cell, (nu, nv, 3) [m]."""
        return self._grid(self._ticks(every))

    @property
    def to_edges(self) -> np.ndarray:
        """Centres of the cells with the edges of the box around them, (nu + 2, nv + 2, 3) [m]."""
        low, high = self.frame.bounds
        return self._grid([np.concatenate([[low[k]], ticks, [high[k]]]) for k, ticks in enumerate(self._ticks())])

    def _ticks(self, every: int = 1) -> list[np.ndarray]:
        """Coordinates of the centres of every `every`-th cell along each axis [m]."""
        domain = self.frame.snapshot.domain
        return [domain.origin[k] + (np.arange(0, domain.shape[k], every) + 0.5) * domain.voxel_size for k in range(3)]

    def _grid(self, ticks: list[np.ndarray]) -> np.ndarray:
        ticks[self.axis] = np.array([self.at])
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).squeeze(self.axis)

    def known(self, quantity: CellField, positions: np.ndarray) -> np.ndarray:
        """Values at positions (nu, nv, 3), those between the outer centres and the box at the centre; NaN in solid."""
        domain, half = self.frame.snapshot.domain, 0.5 * self.frame.snapshot.domain.voxel_size
        low, high = self.frame.bounds
        inner = np.clip(positions, low + half, high - half).reshape(-1, 3)
        return sample(domain, quantity.in_fluid(self.frame), inner).reshape(positions.shape[:2]).astype(np.float64)

    def values(self, quantity: CellField, positions: np.ndarray) -> np.ndarray:
        """The same, continued behind the surfaces of bodies and walls."""
        return self.continued(self.known(quantity, positions))

    def continued(self, values: np.ndarray) -> np.ndarray:
        """Known values, continued behind the surfaces of bodies and walls."""
        for _ in range(_FILLED if self.frame.snapshot.obstacles and np.isfinite(values).any() else 0):
            values = _grown(values)
        return values

    def clearance(self, positions: np.ndarray) -> np.ndarray | None:
        """Distance of positions (nu, nv, 3) to the nearest surface [m], negative in solid, (nu, nv); None without surfaces."""
        found = [sign * query.signed_distance(positions.reshape(-1, 3)) for sign, query in self.frame.walls]
        return np.min(found, axis=0).reshape(positions.shape[:2]) if found else None

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """Outlines of the bodies and walls that are cut."""
        cuts = ((plane_section(each.mesh, self.axis, self.at), each.hollow) for each in self.frame.snapshot.obstacles)
        return tuple(Outline(tuple(lines), hollow) for lines, hollow in cuts if lines)


def _grown(values: np.ndarray) -> np.ndarray:
    """Values with those of the neighbours, the diagonal ones included, continued along straight lines in place of NaN; without a
    second known value beyond a neighbour, its own. Several are averaged, within the range of all values."""
    padded = np.pad(values, 2, constant_values=np.nan)
    n, m = values.shape
    lines, means = [], []
    for i, k in ((i, k) for i in (-1, 0, 1) for k in (-1, 0, 1) if i or k):
        near, next_ = (padded[2 + r * i : 2 + r * i + n, 2 + r * k : 2 + r * k + m] for r in (1, 2))
        lines.append(2.0 * near - next_)
        means.append(near)
    straight, flat = _mean(np.stack(lines)), _mean(np.stack(means))
    found = np.clip(np.where(np.isfinite(straight), straight, flat), np.nanmin(values), np.nanmax(values))
    return np.where(np.isfinite(values), values, found)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of the known values along the first axis; NaN without any."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)

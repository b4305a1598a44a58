"""Extrema, averages and boxes of the nodes of a NanoVDB tree, from the leaves up (nanovdb/tools/GridStats.h)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .tree import Level, first_children


@dataclass(frozen=True, eq=False)
class NodeStats:
    """Statistics of the active values of m nodes; for vectors, of the squared length."""

    count: np.ndarray
    """Number of active values, (m,), int64."""
    low: np.ndarray
    """Smallest active index, (m, 3), int32; above `high` if no voxel is active."""
    high: np.ndarray
    """Largest active index, (m, 3), int32."""
    least: np.ndarray
    """Smallest value (shortest vector), (m, components), float32; the background if no voxel is active."""
    largest: np.ndarray
    """Largest value (longest vector), (m, components), float32."""
    total: np.ndarray
    """Sum of the values (lengths squared), (m,), float64."""
    squares: np.ndarray
    """Sum of the squared deviations from the average, (m,), float64."""

    @property
    def average(self) -> np.ndarray:
        """Mean value (squared length), (m,), float64; 0 if no voxel is active."""
        return self.total / np.maximum(self.count, 1)

    @property
    def deviation(self) -> np.ndarray:
        """Standard deviation of the values (lengths squared), (m,), float64."""
        return np.sqrt(self.squares / np.maximum(self.count, 1))


def joined(parts: Sequence[NodeStats]) -> NodeStats:
    """Concatenates the statistics of several runs of nodes."""
    return NodeStats(
        **{each.name: np.concatenate([getattr(p, each.name) for p in parts]) for each in fields(NodeStats)}
    )


def leaf_stats(
    values: np.ndarray, mask: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], background: np.ndarray
) -> NodeStats:
    """Statistics of leaves, from values (n, 512, components) and mask (n, 512)."""
    size = np.where(mask, _sizes(values), 0.0)
    count, rows = mask.sum(axis=1), np.arange(len(mask))
    filled = count > 0
    total = size.sum(axis=1)
    mean = (total / np.maximum(count, 1))[:, None]
    least = values[rows, np.where(mask, size, np.inf).argmin(axis=1)]
    largest = values[rows, np.where(mask, size, -np.inf).argmax(axis=1)]
    low, high = _emptied(*bounds, filled)
    return NodeStats(
        count=count,
        low=low,
        high=high,
        least=np.where(filled[:, None], least, background),
        largest=np.where(filled[:, None], largest, background),
        total=total,
        squares=np.where(mask, (size - mean) ** 2, 0.0).sum(axis=1),
    )


def parent_stats(stats: NodeStats, level: Level, background: np.ndarray) -> NodeStats:
    """Statistics of the parents of the nodes of `level`."""
    first = first_children(level)
    count, total = np.add.reduceat(stats.count, first), np.add.reduceat(stats.total, first)
    filled = stats.count > 0
    mean = (total / np.maximum(count, 1))[level.parents]
    between = stats.count * (stats.average - mean) ** 2
    size_least, size_largest = _sizes(stats.least), _sizes(stats.largest)
    return NodeStats(
        count=count,
        low=np.minimum.reduceat(stats.low, first),
        high=np.maximum.reduceat(stats.high, first),
        least=_first_of(stats.least, np.where(filled, size_least, np.inf), level, first),
        largest=_first_of(stats.largest, np.where(filled, -size_largest, np.inf), level, first),
        total=total,
        squares=np.add.reduceat(stats.squares + between, first),
    )


def _sizes(values: np.ndarray) -> np.ndarray:
    """Quantity that NanoVDB orders and averages: scalars, or the squared length of vectors; drops the last axis."""
    wide = values.astype(np.float64)
    return wide[..., 0] if wide.shape[-1] == 1 else (wide**2).sum(axis=-1)


def _emptied(low: np.ndarray, high: np.ndarray, filled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    limits = np.iinfo(np.int32)
    return np.where(filled[:, None], low, limits.max), np.where(filled[:, None], high, limits.min)


def _first_of(values: np.ndarray, key: np.ndarray, level: Level, first: np.ndarray) -> np.ndarray:
    """Value with the smallest key among the children of each parent."""
    return values[np.lexsort((key, level.parents))[first]]

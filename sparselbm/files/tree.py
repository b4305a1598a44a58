"""The 5-4-3 tree of OpenVDB and NanoVDB: 8^3 voxels per leaf, 16^3 leaves per lower node, 32^3 of these per upper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LOWER_LOG2, UPPER_LOG2 = 4, 5
LOWER_SLOTS, UPPER_SLOTS = 1 << 3 * LOWER_LOG2, 1 << 3 * UPPER_LOG2


@dataclass(frozen=True, eq=False)
class Level:
    """Nodes of one level, ordered by parent and by slot within the parent."""

    origins: np.ndarray
    """Index of the first voxel of each node, shape (m, 3), int32."""
    parents: np.ndarray
    """Index of each node's parent in the level above, shape (m,), int64, ascending."""
    slots: np.ndarray
    """Position of each node in the parent's table, shape (m,), int64."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Tiles grouped into nodes; `order` (n,) is the tile of each leaf. The root is the parent of the upper nodes."""

    order: np.ndarray
    leaves: Level
    lowers: Level
    uppers: Level


def group_tiles(tiles: np.ndarray) -> Tree:
    """Groups tile coordinates (n, 3) into nodes, breadth first, as both file formats store them."""
    leaf = tiles.astype(np.int64)
    lower, upper = leaf >> LOWER_LOG2, leaf >> (LOWER_LOG2 + UPPER_LOG2)
    leaf_slot, lower_slot = _slots(leaf, LOWER_LOG2), _slots(lower, UPPER_LOG2)
    order = np.lexsort((leaf_slot, lower_slot, upper[:, 2], upper[:, 1], upper[:, 0]))
    leaf, lower, upper = leaf[order], lower[order], upper[order]
    leaf_parent, lower_first = _runs(lower)
    lower_parent, upper_first = _runs(upper[lower_first])
    upper_first = lower_first[upper_first]
    return Tree(
        order=order,
        leaves=Level(_origins(leaf, 3), leaf_parent, leaf_slot[order]),
        lowers=Level(_origins(lower[lower_first], 7), lower_parent, lower_slot[order][lower_first]),
        uppers=Level(
            _origins(upper[upper_first], 12),
            np.zeros(len(upper_first), np.int64),
            np.arange(len(upper_first), dtype=np.int64),
        ),
    )


def first_children(level: Level) -> np.ndarray:
    """Index of the first child of each parent of this level's nodes, shape (parents,)."""
    return np.flatnonzero(np.diff(level.parents, prepend=-1))


def slot_masks(level: Level, slots: int) -> np.ndarray:
    """Bit mask of the slots of each parent that have a child, shape (parents, slots / 8), uint8."""
    held = np.zeros((int(level.parents[-1]) + 1, slots), dtype=bool)
    held[level.parents, level.slots] = True
    return np.packbits(held, axis=1, bitorder="little")


def _slots(coordinates: np.ndarray, log2: int) -> np.ndarray:
    x, y, z = (coordinates & ((1 << log2) - 1)).T
    return x << 2 * log2 | y << log2 | z


def _runs(coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the run of equal rows that each row belongs to, and the first row of each run."""
    new = np.ones(len(coordinates), dtype=bool)
    new[1:] = (coordinates[1:] != coordinates[:-1]).any(axis=1)
    return np.cumsum(new) - 1, np.flatnonzero(new)


def _origins(coordinates: np.ndarray, log2: int) -> np.ndarray:
    return (coordinates << log2).astype(np.int32)

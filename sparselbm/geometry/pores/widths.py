"""Widths of pores in voxels."""

from collections.abc import Collection

import numpy as np

UNBOUNDED = np.iinfo(np.int32).max
"""Length of a chord that an open face of the image cuts off."""


def widths(pore: np.ndarray, *, open_axes: Collection[int]) -> np.ndarray:
    """Width at every voxel [voxels], (nx, ny, nz) int32: the shortest of the three chords along the axes; 0 in solid.

    A chord is the line of pore voxels between two solid ones. Chords that end at a face of the image normal to one of the
    `open_axes` are not counted, since the pore goes on there; at other faces there is a wall. A voxel without a chord has the
    width `UNBOUNDED`.
    """
    found = np.full(pore.shape, UNBOUNDED, dtype=np.int32)
    for axis in range(3):
        np.minimum(found, _chords(pore, axis, is_open=axis in open_axes), out=found)
    return np.where(pore, found, 0)


def _chords(pore: np.ndarray, axis: int, *, is_open: bool) -> np.ndarray:
    """Length of the chord along an axis through each voxel."""
    n = pore.shape[axis]
    place = np.arange(n, dtype=np.int32).reshape([-1 if k == axis else 1 for k in range(3)])
    before = np.maximum.accumulate(np.where(pore, np.int32(-1), place), axis=axis)
    after = np.flip(np.minimum.accumulate(np.flip(np.where(pore, np.int32(n), place), axis), axis=axis), axis)
    length = after - before - 1
    return np.where((before < 0) | (after == n), np.int32(UNBOUNDED), length) if is_open else length

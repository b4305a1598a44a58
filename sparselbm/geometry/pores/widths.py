"""Widths of pores in voxels."""

import numpy as np

UNBOUNDED = np.iinfo(np.int32).max
"""Length of a chord that does not end in the image."""


def widths(pore: np.ndarray, axis: int, *, periodic: bool) -> np.ndarray:
    """Width at every voxel for flow along an axis [voxels], (nx, ny, nz) int32: the shortest of the three chords along the axes.

    A chord is the line of pore voxels between two solid ones; it goes on in the next repetition of a `periodic` image. In another,
    the faces across the flow cut chords off, which are not counted, and the other faces are walls. A voxel without a chord has
    the width `UNBOUNDED`, a solid voxel 0.
    """
    found = np.full(pore.shape, UNBOUNDED, dtype=np.int32)
    for k, n in enumerate(pore.shape):
        if periodic:
            chords = _chords(np.concatenate([pore] * 3, axis=k), k, is_open=True).take(range(n, 2 * n), k)
        else:
            chords = _chords(pore, k, is_open=k == axis)
        np.minimum(found, chords, out=found)
    return np.where(pore, found, 0)


def _chords(pore: np.ndarray, axis: int, *, is_open: bool) -> np.ndarray:
    """Length of the chord along an axis through each voxel."""
    n = pore.shape[axis]
    place = np.arange(n, dtype=np.int32).reshape([-1 if k == axis else 1 for k in range(3)])
    before = np.maximum.accumulate(np.where(pore, np.int32(-1), place), axis=axis)
    after = np.flip(np.minimum.accumulate(np.flip(np.where(pore, np.int32(n), place), axis), axis=axis), axis)
    length = after - before - 1
    return np.where((before < 0) | (after == n), np.int32(UNBOUNDED), length) if is_open else length

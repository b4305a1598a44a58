"""Widths of pores in voxels."""

import numpy as np

UNBOUNDED = np.iinfo(np.int32).max
"""Length of a chord that does not end in the image."""
_REACH = 32
"""Voxels of the next repetition of a periodic image in which solid is searched."""


def widths(pore: np.ndarray, axis: int, *, periodic: bool) -> np.ndarray:
    """Width at every voxel for flow along an axis [voxels], (nx, ny, nz) int32: its shortest chord along x, y or z.

    A chord is the line of pore voxels between two solid ones, and goes on in the next repetition of a `periodic` image. In
    another, the faces across the flow cut chords off, which are not counted, and the other faces are walls. A voxel without a
    chord has the width `UNBOUNDED`, a solid voxel 0.
    """
    found = np.full(pore.shape, UNBOUNDED, dtype=np.int32)
    for k, n in enumerate(pore.shape):
        if periodic:
            chords = _chords(np.concatenate([pore] * 3, axis=k), k, is_open=True).take(range(n, 2 * n), k)
        else:
            chords = _chords(pore, k, is_open=k == axis)
        np.minimum(found, chords, out=found)
    return np.where(pore, found, 0)


def clearances(pore: np.ndarray, axis: int, *, periodic: bool) -> np.ndarray:
    """Twice the distance from the centre of every voxel to that of the nearest solid one [voxels], (nx, ny, nz) float32.

    In the middle of a pore with an even width this is the width, with an odd width one more. Walls and repetitions: see `widths`.
    """
    from scipy.ndimage import distance_transform_edt

    beside = [min(n, _REACH) if periodic else int(k != axis) for k, n in enumerate(pore.shape)]
    around = np.pad(pore, [(n, n) for n in beside], mode="wrap" if periodic else "constant")
    if around.all():
        return np.full(pore.shape, UNBOUNDED, dtype=np.float32)
    distance = np.asarray(distance_transform_edt(around))[tuple(slice(n, n + size) for n, size in zip(beside, pore.shape))]
    return (2.0 * distance).astype(np.float32)


def _chords(pore: np.ndarray, axis: int, *, is_open: bool) -> np.ndarray:
    """Length of the chord along an axis through each voxel."""
    n = pore.shape[axis]
    place = np.arange(n, dtype=np.int32).reshape([-1 if k == axis else 1 for k in range(3)])
    before = np.maximum.accumulate(np.where(pore, np.int32(-1), place), axis=axis)
    after = np.flip(np.minimum.accumulate(np.flip(np.where(pore, np.int32(n), place), axis), axis=axis), axis)
    length = after - before - 1
    return np.where((before < 0) | (after == n), np.int32(UNBOUNDED), length) if is_open else length

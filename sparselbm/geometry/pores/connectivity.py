"""Pores that connect opposite faces of an image."""

import numpy as np


def percolating(pore: np.ndarray, axis: int, *, periodic: bool) -> np.ndarray:
    """Mask of the pores through which fluid can flow along an axis, (nx, ny, nz) bool; all False where there is no path.

    `pore`: mask (nx, ny, nz) bool. Voxels are connected through their faces. In an image that repeats along all axes
    (`periodic`), a path has to lead from a voxel to its own image in the next repetition; in another, from the first to the last
    layer of voxels.
    """
    from scipy.ndimage import label

    labels = np.empty(pore.shape, dtype=np.int32)
    count = int(label(pore, output=labels))  # type: ignore[call-overload]
    if periodic:
        through = _winding(labels, count)[:, axis]
    else:
        through = np.zeros(count + 1, dtype=bool)
        through[np.intersect1d(labels.take(0, axis), labels.take(-1, axis))] = True
    through[0] = False
    return through[labels]


def _winding(labels: np.ndarray, count: int) -> np.ndarray:
    """Whether each connected set of pores leads to its own image along each axis, (count + 1, 3) bool.

    Sets are joined at the seams. Each gets the number of the repetition in which it is reached, as a vector; a set that is
    reached in two repetitions connects them.
    """
    links: dict[int, list[tuple[int, np.ndarray]]] = {}
    for axis, step in enumerate(np.eye(3, dtype=int)):
        ends = np.stack([labels.take(-1, axis).ravel(), labels.take(0, axis).ravel()], axis=1)
        for last, first in np.unique(ends[(ends > 0).all(axis=1)], axis=0).tolist():
            links.setdefault(last, []).append((first, step))
            links.setdefault(first, []).append((last, -step))
    winding, repetition = np.zeros((count + 1, 3), dtype=bool), {}
    for start in links:
        if start in repetition:
            continue
        repetition[start], members, open_ends = np.zeros(3, dtype=int), [start], [start]
        ways = np.zeros(3, dtype=bool)
        while open_ends:
            here = open_ends.pop()
            for there, step in links[here]:
                place = repetition[here] + step
                if there not in repetition:
                    repetition[there] = place
                    members.append(there)
                    open_ends.append(there)
                ways |= repetition[there] != place
        winding[members] = ways
    return winding

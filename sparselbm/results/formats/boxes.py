"""Merging of tiles into few boxes."""

import numpy as np


def merged_boxes(tiles: np.ndarray) -> np.ndarray:
    """Disjoint boxes that cover tiles (n, 3) exactly, (m, 2, 3): lowest tile, and highest one (exclusive).

    Neighbours along z are merged to rods, equal adjacent rods to slabs, equal slabs to blocks; a full box becomes one.
    """
    boxes = np.stack([tiles, tiles + 1], axis=1).astype(np.int64)
    for axis in (2, 1, 0):
        boxes = _merged_along(boxes, axis)
    return boxes


def _merged_along(boxes: np.ndarray, axis: int) -> np.ndarray:
    others = [k for k in range(3) if k != axis]
    keys = np.column_stack([boxes[:, 0, axis], *(boxes[:, end, k] for k in others for end in (0, 1))])
    boxes = boxes[np.lexsort(keys.T)]
    same = np.all(boxes[1:][:, :, others] == boxes[:-1][:, :, others], axis=(1, 2))
    goes_on = same & (boxes[1:, 0, axis] == boxes[:-1, 1, axis])
    first = np.flatnonzero(np.concatenate([[True], ~goes_on]))
    last = np.append(first[1:], len(boxes)) - 1
    result = boxes[first].copy()
    result[:, 1, axis] = boxes[last, 1, axis]
    return result

"""Cell labels: the openings along which a cell lies, and the obstacle to which it belongs.

A label has one or more words of 32 bits, `[tile][word][cell]`. The low half of the first word has one bit for each of
the openings 0 to 15, the high half is the number of the obstacle: 0 for none, k + 1 for obstacle k. Further words have
one bit for each of 32 more openings. A cell may lie along any set of openings, and belongs to one of 65,535 obstacles.
"""

import numpy as np

MAX_OBSTACLES = 0xFFFF
OBSTACLE_SHIFT = 16
OBSTACLE_MASK = MAX_OBSTACLES << OBSTACLE_SHIFT


def label_words(openings: int) -> int:
    """Number of words of a label for this number of openings."""
    return 1 + -(-max(openings - OBSTACLE_SHIFT, 0) // 32)


def opening_place(opening: int) -> tuple[int, int]:
    """Word and bit of an opening."""
    if opening < OBSTACLE_SHIFT:
        return 0, opening
    return 1 + (opening - OBSTACLE_SHIFT) // 32, (opening - OBSTACLE_SHIFT) % 32


def along_opening(labels: np.ndarray, opening: int) -> np.ndarray:
    """Mask of the cells that lie along an opening, (n, cells) bool. `labels`: (n, words, cells) uint32."""
    word, bit = opening_place(opening)
    return (labels[:, word] >> np.uint32(bit)) & np.uint32(1) == 1


def along_any_opening(labels: np.ndarray) -> np.ndarray:
    """Mask of the cells that lie along any opening, (n, cells) bool."""
    return ((labels[:, 0] & np.uint32(~OBSTACLE_MASK & 0xFFFFFFFF)) != 0) | (labels[:, 1:] != 0).any(axis=1)


def obstacle_number(labels: np.ndarray) -> np.ndarray:
    """Number of the obstacle to which each cell belongs, (n, cells): 0 for none, k + 1 for obstacle k."""
    return labels[:, 0] >> np.uint32(OBSTACLE_SHIFT)

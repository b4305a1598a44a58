"""Arrays of a page."""

from itertools import product

import numpy as np

from ...errors import PageError
from ..stage.colour import for_screen
from ..stage.shapes import DrawnPrim

MOST_BYTES = 1 << 28
"""Largest size of the arrays of a page [bytes]: browsers need half a minute to read as much."""


class Store:
    """Concatenated arrays, each stored once."""

    def __init__(self):
        self.pieces: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0

    def add(self, array: np.ndarray) -> int:
        """Stores an array; returns its offset [bytes], a multiple of 4. Raises PageError if the page is too large."""
        data = array.tobytes()
        data += bytes(-len(data) % 4)
        if data not in self._places:
            self._places[data] = self._size
            self.pieces.append(data)
            self._size += len(data)
            if self._size > MOST_BYTES:
                raise PageError(
                    f"the drawings are larger than {MOST_BYTES >> 20} MiB, the limit of a page: use fewer drawings "
                    "(--draw), or open the stage in a USD viewer"
                )
        return self._places[data]

    def add_shape(self, shape: DrawnPrim) -> dict:
        """Stores positions, colours, indices and fields; returns their offsets and sizes, and those of copies."""
        entry = {
            "positions": self.add(shape.positions), "colours": self.add(for_screen(shape.colours)),
            "indices": self.add(shape.indices), "points": len(shape.positions), "corners": len(shape.indices),
            "width": shape.width, "fields": {name: self.add(values) for name, values in shape.fields.items()},
        }
        if shape.copies is not None:
            matrices = shape.copies.matrices
            # WebGL matrices are column-major.
            entry["matrices"] = self.add(np.ascontiguousarray(matrices.swapaxes(1, 2), dtype=np.float32))
            entry |= {"tints": self.add(for_screen(shape.copies.colours)), "copies": len(matrices)}
        return entry


def bounds_of(shape: DrawnPrim) -> np.ndarray:
    """Lowest and highest corner of a shape and its copies [m], (2, 3)."""
    ends = np.stack([shape.positions.min(axis=0), shape.positions.max(axis=0)])
    if shape.copies is not None:
        matrices = shape.copies.matrices
        box = np.array(list(product(*ends.T)))
        ends = (np.einsum("mij,kj->mki", matrices[:, :3, :3], box) + matrices[:, None, :3, 3]).reshape(-1, 3)
    return np.stack([ends.min(axis=0), ends.max(axis=0)])

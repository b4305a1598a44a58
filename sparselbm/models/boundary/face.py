"""The six sides of a domain and parts of them."""

from dataclasses import dataclass, replace

import numpy as np

from ...lattice import Lattice
from .opening import Opening


@dataclass(frozen=True)
class FaceRegion:
    """Region of the cells whose centres lie between two corners [cells from the domain's lower corner]."""

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def holds(self, centres: np.ndarray) -> np.ndarray:
        """Mask of the centres (..., d) that lie in the region."""
        return np.all((centres >= np.asarray(self.lower)) & (centres <= np.asarray(self.upper)), axis=-1)


@dataclass(frozen=True)
class FaceCells:
    """Region of chosen cells along a side of the domain's box."""

    axis: int
    """Axis of the side's normal."""
    shape: tuple[int, ...]
    """Number of cells of the side along the other axes."""
    bits: bytes
    """Whether each cell is chosen, in C order, eight to a byte (`numpy.packbits`)."""

    @classmethod
    def of(cls, axis: int, chosen: np.ndarray) -> "FaceCells":
        """The region of a mask of the cells of a side."""
        return cls(axis, chosen.shape, np.packbits(chosen).tobytes())

    @property
    def chosen(self) -> np.ndarray:
        """Mask of the cells of the side, of the shape `shape`."""
        bits = np.unpackbits(np.frombuffer(self.bits, np.uint8), count=int(np.prod(self.shape)))
        return bits.astype(bool).reshape(self.shape)

    def holds(self, centres: np.ndarray) -> np.ndarray:
        """Mask of the centres (..., d) that lie in the region."""
        places = np.clip(np.floor(np.delete(centres, self.axis, axis=-1)).astype(np.int64), 0, np.array(self.shape) - 1)
        return self.chosen[tuple(np.moveaxis(places, -1, 0))]


@dataclass(frozen=True)
class Face(Opening):
    """Side of the domain's box, given by its axis and end; `within` returns a part of it."""

    axis: int
    """Axis of the normal: 0, 1 or 2 for x, y, z."""
    end: int
    """0: the lower end, 1: the upper end."""
    region: FaceRegion | FaceCells | None = None
    """Part of the side; None: all of it."""
    label: str = ""
    """Name of the part."""

    plane = True

    def within(self, region: FaceRegion | FaceCells, label: str) -> "Face":
        """Returns a part of this side with its own name."""
        return replace(self, region=region, label=label)

    @property
    def name(self) -> str:
        return self.label or f"{'xyz'[self.axis]}_{'min' if self.end == 0 else 'max'}"

    @property
    def whole(self) -> "Face":
        """The side of which this is a part."""
        return Face(self.axis, self.end)

    @property
    def inward(self) -> int:
        """Sign of the non-zero component of the inward normal."""
        return 1 if self.end == 0 else -1

    def entering(self, lattice: Lattice) -> list[int]:
        return [q for q, c in enumerate(lattice.velocities) if c[self.axis] == self.inward]

    def straight(self, lattice: Lattice) -> int:
        """Index of the velocity along the inward normal."""
        return next(q for q in self.entering(lattice) if sum(abs(x) for x in lattice.velocities[q]) == 1)

    def enters(self, lattice: Lattice, crossing) -> list:
        entering = self.entering(lattice)
        return [q in entering for q in range(lattice.size)]

    def normal(self, lattice: Lattice, field) -> list:
        return [1.0 if k == self.axis else 0.0 for k in range(lattice.dimension)]

    def normal_fields(self, dimension: int) -> tuple[str, ...]:
        return ()

    def is_apart_from(self, other: Opening) -> bool:
        return isinstance(other, Face) and (self.axis, self.end) == (other.axis, other.end)

    def cells(self, domain) -> np.ndarray:
        """Mask of the fluid cells along the face, (n, cells) bool."""
        index = domain.cell_indices()
        layer = 0 if self.end == 0 else domain.shape[self.axis] - 1
        along = domain.fluid & (index[..., self.axis] == layer)
        return along if self.region is None else along & self.region.holds(index + 0.5)

    def __str__(self) -> str:
        return self.name


X_MIN, X_MAX = Face(0, 0), Face(0, 1)
Y_MIN, Y_MAX = Face(1, 0), Face(1, 1)
Z_MIN, Z_MAX = Face(2, 0), Face(2, 1)

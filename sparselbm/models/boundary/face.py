"""The six sides of a domain, and parts of them."""

from dataclasses import dataclass, replace

import numpy as np

from ...lattice import Lattice
from .opening import Opening


@dataclass(frozen=True)
class FaceRegion:
    """The cells whose centres lie between two corners [cells from the domain's lower corner]."""

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def holds(self, centres: np.ndarray) -> np.ndarray:
        """Which centres (..., d) lie in it."""
        return np.all((centres >= np.asarray(self.lower)) & (centres <= np.asarray(self.upper)), axis=-1)


@dataclass(frozen=True)
class Face(Opening):
    """A side of the domain's box, named by its axis and end; `within` gives a part of it."""

    axis: int
    """0, 1 or 2 for x, y, z."""
    end: int
    """0: the lower end, 1: the upper end."""
    region: FaceRegion | None = None
    """The part that is meant; None: all of it."""
    label: str = ""
    """Name of the part."""

    plane = True

    def within(self, region: FaceRegion, label: str) -> "Face":
        """A part of this side with a name of its own."""
        return replace(self, region=region, label=label)

    @property
    def name(self) -> str:
        return self.label or f"{'xyz'[self.axis]}_{'min' if self.end == 0 else 'max'}"

    @property
    def inward(self) -> int:
        """Sign of the inward normal's one component."""
        return 1 if self.end == 0 else -1

    def entering(self, lattice: Lattice) -> list[int]:
        """The velocities that point into the domain through this face."""
        return [q for q, c in enumerate(lattice.velocities) if c[self.axis] == self.inward]

    def straight(self, lattice: Lattice) -> int:
        """The velocity along the inward normal."""
        return next(q for q in self.entering(lattice) if sum(abs(x) for x in lattice.velocities[q]) == 1)

    def enters(self, lattice: Lattice, crossing) -> list:
        entering = self.entering(lattice)
        return [q in entering for q in range(lattice.size)]

    def cells(self, domain) -> np.ndarray:
        """The fluid cells along it, (n, cells) bool."""
        index = domain.cell_indices()
        layer = 0 if self.end == 0 else domain.shape[self.axis] - 1
        along = domain.fluid & (index[..., self.axis] == layer)
        return along if self.region is None else along & self.region.holds(index + 0.5)

    def __str__(self) -> str:
        return self.name


X_MIN, X_MAX = Face(0, 0), Face(0, 1)
Y_MIN, Y_MAX = Face(1, 0), Face(1, 1)
Z_MIN, Z_MAX = Face(2, 0), Face(2, 1)

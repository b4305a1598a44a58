"""The six sides of a domain."""

from dataclasses import dataclass

from ..lattice import Lattice


@dataclass(frozen=True)
class Face:
    """A side of the domain's box, named by its axis and end."""

    axis: int
    """0, 1 or 2 for x, y, z."""
    end: int
    """0: the lower end, 1: the upper end."""

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

    def __str__(self) -> str:
        return f"{'xyz'[self.axis]}_{'min' if self.end == 0 else 'max'}"


X_MIN, X_MAX = Face(0, 0), Face(0, 1)
Y_MIN, Y_MAX = Face(1, 0), Face(1, 1)
Z_MIN, Z_MAX = Face(2, 0), Face(2, 1)

"""What a collision model is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ..lattice import Lattice


class Collision(ABC):
    """A collision operator: a frozen value whose one method reads like its equation."""

    @abstractmethod
    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        """Populations after the collision.

        `f`: shifted incoming populations, shape (Q,); `viscosity`: nu [cells^2 / step]; `force`: F, one value an
        axis. All are numbers, arrays or traced expressions; a new model uses only arithmetic, `where`, `sqrt`,
        `exp` and `log`. Raises ValueError for a lattice that the model lacks.
        """


def relaxation_rate(viscosity):
    """omega = 1 / (nu / c_s^2 + 1/2)."""
    return 1.0 / (3.0 * viscosity + 0.5)

"""Base class of scalar collisions."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ...lattice import Lattice


class ScalarCollision(ABC):
    """Collision operator for advection and diffusion: a frozen value whose one method reads like its equation."""

    @abstractmethod
    def collide(self, lattice: Lattice, g: Sequence, phi, u: Sequence, diffusivity, source) -> list:
        """Returns the populations after the collision.

        `g`: incoming populations, shape (Q,); `phi` = sum_q g_q + S / 2; `u`: flow velocity [cells / step];
        `diffusivity`: D [cells^2 / step]; `source`: S [1 / step]. All are numbers, arrays or traced expressions.
        """


def scalar_relaxation_rate(lattice: Lattice, diffusivity):
    """Relaxation rate omega = 1 / (D / c_s^2 + 1/2)."""
    return 1.0 / (diffusivity / lattice.cs2 + 0.5)

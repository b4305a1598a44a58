"""What a collision model is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ...lattice import Lattice


class Collision(ABC):
    """A collision operator: a frozen value whose one method reads like its equation.

    Its numbers may be traced in that method (see `Tunable`): what follows from them is computed there.
    """

    needs_velocity_gradient = False
    """Whether `collide` takes one more argument, d_a u_b of the step before [1 / step], as rows [a][b]."""

    @abstractmethod
    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        """Populations after the collision.

        `f`: shifted incoming populations, shape (Q,); `viscosity`: nu [cells^2 / step]; `force`: F, one value an
        axis. All are numbers, arrays or traced expressions; a new model uses only arithmetic, `where`, `sqrt`,
        `exp` and `log`. Raises ValueError for a lattice that the model lacks.
        """


def require_local(model: Collision, within: Collision) -> None:
    """ValueError for a collision within another that needs the gradient of the velocity: it would not be given any."""
    if within.needs_velocity_gradient:
        outer, inner = type(model).__name__, type(within).__name__
        raise ValueError(
            f"{outer}({inner}(...)): {inner} takes the gradient of the velocity, which only the outermost collision is given; "
            f"write {inner}({outer}(...))"
        )


def relaxation_rate(viscosity):
    """omega = 1 / (nu / c_s^2 + 1/2)."""
    return 1.0 / (3.0 * viscosity + 0.5)

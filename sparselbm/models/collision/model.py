"""Base class of collision models."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from ...lattice import Lattice
from .cell_reynolds import CellReynoldsLimits


class Collision(ABC):
    """Collision operator: a frozen value whose one method reads like its equation.

    Its parameters may be traced in that method (see `RuntimeParameter`): derived quantities are computed there.
    """

    needs_velocity_gradient = False
    """Whether `collide` takes the velocity gradient d_a u_b of the previous step [1 / step], as rows [a][b]."""
    needs_wall_distance = False
    """Whether `collide` takes the distance from the walls with a wall law [cells], see `WallStress.origin`."""
    cell_reynolds_limits: ClassVar[Mapping[Lattice, CellReynoldsLimits]] = MappingProxyType({})
    """Largest cell Reynolds numbers at which the model is stable, by velocity set; a lattice that is missing was not measured."""

    @abstractmethod
    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        """Returns the populations after the collision.

        `f`: shifted incoming populations, shape (Q,); `viscosity`: nu [cells^2 / step]; `force`: F, one value per axis.
        All are numbers, arrays or traced expressions; a new model may only use arithmetic, `where`, `sqrt`, `exp` and
        `log`. Raises ValueError for a lattice that the model does not support.
        """

    def largest_eddy_viscosity(self, velocity: float) -> float:
        """Eddy viscosity [cells^2 / step] where the velocity [cells / step] changes by this much across a cell, in plane shear.

        0 for a model without one. Flows count it when they judge stability: see `cell_reynolds_limits`.
        """
        return 0.0

    def odd_relaxation(self, viscosity) -> Any:
        """Lambda- = 1 / omega- - 1/2 of the third moments: 3 nu where a model relaxes them as it does the stress.

        Walls take it from here (`ParabolicInterpolation`); a wrapper returns that of the collision around which it stands.
        """
        return 3.0 * viscosity


def require_local(model: Collision, within: Collision) -> None:
    """Raises ValueError if a wrapped collision needs the velocity gradient or the distance from the walls, which only the
    outermost one receives."""
    needs = [
        name for name, needed in (
            ("velocity gradient", within.needs_velocity_gradient), ("distance from the walls", within.needs_wall_distance),
        ) if needed
    ]
    if needs:
        outer, inner = type(model).__name__, type(within).__name__
        raise ValueError(
            f"{outer}({inner}(...)): {inner} needs the {needs[0]}, which only the outermost collision receives; "
            f"write {inner}({outer}(...))"
        )


def relaxation_rate(viscosity):
    """Relaxation rate omega = 1 / (nu / c_s^2 + 1/2)."""
    return 1.0 / (3.0 * viscosity + 0.5)

"""Base class of boundary conditions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...lattice import Lattice
from ..model_parameter import ModelParameter
from .opening import Opening
from .profile import Profile


@dataclass(frozen=True)
class BoundaryCondition(ABC):
    """Condition on the cells along a face or a patch: a frozen value with the formula for the incoming populations.

    In such a cell, every population that would come from outside has been replaced by the cell's own opposite population
    of the previous step (halfway bounce-back). This is the default: a no-slip wall at rest, half a cell beyond the centres.
    Populations that leave through the face are not read by any cell, so their slots can store the condition's memory.
    """

    face: Opening
    """Location: a side of the box, a part of one, or a patch of a surface."""
    profile: Profile | None = field(default=None, kw_only=True)
    """Factors of the parameters from cell to cell (of a density: of rho - 1); None: 1."""

    mass_share = 1.0
    """Weight of a cell on the face in the total mass: 1/2 where the face is a symmetry plane through its centre."""
    needs_plane = True
    """Whether the formula applies to sides of the box only."""

    @abstractmethod
    def parameters(self, dimension: int) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel [lattice units].

        Each name is prefixed by that of the opening, as in `x_min.velocity_x`.
        """

    @abstractmethod
    def fill(self, lattice: Lattice, f: Sequence, value: Mapping[str, Any], enters: Sequence) -> list:
        """Replaces the incoming populations by those of the condition, shape (Q,).

        `value`: the parameters by name, each less its reference (`density`: rho - 1); `enters`: for each q whether c_q
        enters here, True, False or a mask.
        """

    @abstractmethod
    def memory(self, lattice: Lattice, f: Sequence, post: Sequence) -> dict[int, Any]:
        """Values to store in outgoing slots until the next step, by velocity; most conditions store none.

        `f`: populations after `fill`; `post`: populations after the collision, which these slots would otherwise store.
        """

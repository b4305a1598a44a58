"""What a boundary condition is."""

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
    """A condition on the cells along a face or a patch: a frozen value with the formula for what enters there.

    At such a cell every population that would come from outside has been replaced by the cell's own opposite one
    of the step before (halfway bounce-back), which is the default: a wall at rest, half a cell beyond the centres.
    What a cell sends out through the face is pulled by nobody, so that those slots can hold its memory.
    """

    face: Opening
    """Where it holds: a side of the box, a part of one, or a patch of a surface."""
    profile: Profile | None = field(default=None, kw_only=True)
    """Factors of the parameters from cell to cell (of a density: of rho - 1); None: 1."""

    mass_share = 1.0
    """What a cell on the face counts in the mass: 1/2 where the face is a plane of symmetry through its centre."""
    needs_plane = True
    """Whether the formula holds on sides of the box only."""

    @abstractmethod
    def parameters(self, dimension: int) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel [lattice units].

        Their names follow that of the opening, as in `x_min.velocity_x`.
        """

    @abstractmethod
    def fill(self, lattice: Lattice, f: Sequence, value: Mapping[str, Any], enters: Sequence) -> list:
        """The incoming populations with those that enter put in, shape (Q,).

        `value`: the parameters by name, each less its reference (`density`: rho - 1); `enters`: for each q whether c_q
        enters here, True, False or a mask.
        """

    @abstractmethod
    def memory(self, lattice: Lattice, f: Sequence, post: Sequence) -> dict[int, Any]:
        """What to keep in outgoing slots until the next step, by velocity; mostly nothing.

        `f`: the filled populations; `post`: those after the collision, of which the outgoing ones would wait there.
        """

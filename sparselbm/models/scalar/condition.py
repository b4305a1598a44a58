"""What a boundary condition of a scalar is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...lattice import Lattice
from ..boundary.opening import Opening
from ..model_parameter import ModelParameter


@dataclass(frozen=True)
class ScalarCondition(ABC):
    """A condition on the cells along a face or a patch: a frozen value with the formula for what enters there.

    Every population that would come from outside has been replaced by the cell's own opposite one of the step before, which
    is the default: no flux, neither by diffusion nor by the flow, half a cell beyond the centres.
    """

    face: Opening
    """Where it holds: a side of the box, a part of one, or a patch of a surface."""

    needs_plane = False
    """Whether the formula holds on sides of the box only."""

    @abstractmethod
    def parameters(self) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel.

        Their names follow those of the scalar and the opening, as in `heat.x_min.value`.
        """

    @abstractmethod
    def fill(self, lattice: Lattice, g: Sequence, u: Sequence, value: Mapping[str, Any], enters: Sequence) -> list:
        """The incoming populations with those that enter put in, shape (Q,).

        `u`: the velocity j / rho of the flow there; `value`: the parameters, by name; `enters`: for each q whether c_q
        enters here, True, False or a mask.
        """

"""Base class of scalar boundary conditions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...lattice import Lattice
from ..boundary.opening import Opening
from ..model_parameter import ModelParameter


@dataclass(frozen=True)
class ScalarCondition(ABC):
    """Condition on the cells along a face or a patch: a frozen value with the formula for the incoming populations.

    Every population that would come from outside has been replaced by the cell's own opposite one of the previous step.
    This is the default: no flux, neither diffusive nor convective, half a cell beyond the centres.
    """

    face: Opening
    """Location: a side of the box, a part of one, or a patch of a surface."""

    needs_plane = False
    """Whether the formula applies to sides of the box only."""
    needs_mass = False
    """Whether `value` also has `mass`, which the flow's condition lets in through the links of the cell per step; it must be one
    on links."""

    @abstractmethod
    def parameters(self) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel.

        Each name is prefixed by those of the scalar and the opening, as in `heat.x_min.value`.
        """

    @abstractmethod
    def fill(self, lattice: Lattice, g: Sequence, u: Sequence, value: Mapping[str, Any], enters: Sequence) -> list:
        """Replaces the incoming populations by those of the condition, shape (Q,).

        `u`: velocity j / rho of the flow there; `value`: parameters by name; `enters`: for each q whether c_q enters
        here, True, False or a mask.
        """

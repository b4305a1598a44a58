"""Where a boundary condition holds."""

from abc import ABC, abstractmethod

from ...lattice import Lattice


class Opening(ABC):
    """Cells along a side of the box (`Face`) or a part of a surface (`Patch`), and which of their links cross it."""

    plane: bool
    """Whether it is a side of the box, or a part of one."""

    @property
    @abstractmethod
    def name(self) -> str:
        """By what errors and parameters call it."""

    @abstractmethod
    def enters(self, lattice: Lattice, crossing) -> list:
        """For each q whether c_q enters through it: True, False, or a mask.

        `crossing(q)` is the mask of the cells whose link along -c_q crosses a patch.
        """

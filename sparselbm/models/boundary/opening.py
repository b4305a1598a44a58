"""Locations of boundary conditions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from ...lattice import Lattice


class Opening(ABC):
    """Set of cells along a side of the box (`Face`) or part of a surface (`Patch`), and which of their links cross it."""

    plane: bool
    """Whether the opening is a side of the box or a part of one."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name in messages and parameters."""

    @abstractmethod
    def entering(self, lattice: Lattice) -> list[int]:
        """Indices of the velocities that enter through the opening in some of its cells."""

    @abstractmethod
    def enters(self, lattice: Lattice, crossing) -> list:
        """For each q, whether c_q enters through the opening: True, False, or a mask.

        `crossing(q)` is the mask of the cells whose link along -c_q crosses a patch.
        """

    @abstractmethod
    def normal(self, lattice: Lattice, field: Callable[[str], Any]) -> Sequence:
        """Unit normal beside a cell, of either sign, (d,); `field`: value of a stored field in it, see `normal_fields`."""

    @abstractmethod
    def normal_fields(self, dimension: int) -> tuple[str, ...]:
        """Names of the fields that store the normal; none if it is constant."""

    @abstractmethod
    def is_apart_from(self, other: "Opening") -> bool:
        """Whether no cell may lie along both this and another opening, each with a condition of its own."""
